using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Reads metadata back: the newest from memory, the rest from the logs, neighbours in one read. What fails its check is never served.</summary>
internal sealed partial class MessageReader(IObjectStore store, MessageSeal seal, PartitionId partition, PartitionMetrics metrics, ILogger logger)
{
    // A payload in between is cheaper to read over than a further request is.
    private const int MaxGap = 64 * 1024;
    private const int MaxRead = 4 * 1024 * 1024;

    /// <summary>Reads messages; those that are damaged are reported and left out.</summary>
    public async ValueTask<List<StoredMessage>> ReadAsync(List<LocatedMessage> located, CancellationToken cancellationToken)
    {
        var messages = new List<StoredMessage>(located.Count);
        for (var from = 0; from < located.Count;)
        {
            if (located[from].Recent is { } record)
            {
                await AddSoundAsync(messages, located[from++], record, cancellationToken);
                continue;
            }

            var to = EndOfRun(located, from);
            await ReadRunAsync(located, from, to, messages, cancellationToken);
            from = to;
        }

        return messages;
    }

    /// <summary>Reads one message of a domain; null when the record is another domain's or has no such mailbox.</summary>
    /// <exception cref="PayloadDamagedException">It is there and fails its check.</exception>
    public async ValueTask<StoredMessage?> FindAsync(LocatedMessage located, DomainKey domain, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> record = located.Recent;
        if (located.Recent is null)
        {
            var buffer = new byte[located.Length];
            record = buffer.AsMemory(0, await ReadRangeAsync(located.Log.Path, located.Position, buffer, cancellationToken));
        }

        if (!IsSound(located, record.Span))
        {
            ReportDamage(located);
            throw new PayloadDamagedException($"Record {located.Id} of partition {partition} is damaged.");
        }

        var (message, owner) = await DecodeAsync(located, record, cancellationToken);
        return owner.Domain == domain.Domain && owner.Number == domain.Number ? message : null;
    }

    private async ValueTask ReadRunAsync(List<LocatedMessage> located, int from, int to, List<StoredMessage> messages, CancellationToken cancellationToken)
    {
        var start = located[from].Position;
        var length = (int)(located[to - 1].Position + located[to - 1].Length - start);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var read = await ReadRangeAsync(located[from].Log.Path, start, buffer.AsMemory(0, length), cancellationToken);
            for (var i = from; i < to; i++)
            {
                var offset = (int)(located[i].Position - start);
                var end = Math.Min(offset + located[i].Length, read);
                await AddSoundAsync(messages, located[i], buffer.AsMemory(Math.Min(offset, end)..end), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadRangeAsync(string path, long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        metrics.Operation("read");
        try
        {
            await using var stream = await store.OpenReadAsync(path, position, buffer.Length, cancellationToken);
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return 0; // a log that is gone is damage like any other
        }
    }

    private async ValueTask AddSoundAsync(List<StoredMessage> messages, LocatedMessage located, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        try
        {
            if (IsSound(located, record.Span) && (await DecodeAsync(located, record, cancellationToken)).Message is { } message)
            {
                messages.Add(message);
                return;
            }
        }
        catch (PayloadDamagedException)
        {
            // Sealed, and not by this tenant's key for this record: reported like any damage.
        }

        ReportDamage(located);
    }

    private void ReportDamage(in LocatedMessage located)
    {
        metrics.Damaged(1);
        Log.Damaged(logger, partition, located.Log.ToString(), located.Position, located.Id);
    }

    private ValueTask<(StoredMessage? Message, DomainKey Domain)> DecodeAsync(in LocatedMessage located, ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        seal.DecodeAsync(record, located.Place, partition.Store, located.Log.Path, null, located.Position, cancellationToken);

    // What is held in memory may have been carried over to another file since, with another salt: it was sound when it was written.
    private static bool IsSound(in LocatedMessage located, ReadOnlySpan<byte> record) =>
        located.Recent is not null || (LogRecordHeader.TryRead(record, out var header) && header.MetadataIsSound(record, located.Log.Nonce));

    private static int EndOfRun(List<LocatedMessage> located, int from)
    {
        var first = located[from];
        var to = from + 1;
        for (var end = first.Position + first.Length; to < located.Count; to++)
        {
            var next = located[to];
            if (next.Recent is not null || next.Log != first.Log || next.Position < end || next.Position - end > MaxGap
                || next.Position + next.Length - first.Position > MaxRead)
                break;
            end = next.Position + next.Length;
        }

        return to;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Partition {Partition}: record {Record} at {Position} of log {Name} is damaged and not served.", EventName = "RecordDamaged")]
        public static partial void Damaged(ILogger logger, PartitionId partition, string name, long position, Ulid record);
    }
}
