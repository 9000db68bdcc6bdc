using System.Buffers;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Copies the records of logs that are in no pack yet to a file of their own, so that the logs can go. What they are and the order they are in stays as it is;
/// only the salt of their checksums is the file's.
/// </summary>
internal sealed class CarryWriter(PartitionIndex index, LogSource target, long upTo) : ILogVisitor, IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(64 * 1024);
    private readonly List<(RecordEntry Record, uint Place)> moved = [];
    private readonly List<byte[]> parts = [];
    private long position;

    /// <summary>Whether there is anything to carry over.</summary>
    public bool IsEmpty => position == 0;

    /// <summary>The records that moved, and where they are now.</summary>
    public IReadOnlyList<(RecordEntry Record, uint Place)> Moved => moved;

    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        if (record.Header.Sequence > upTo || !IsWanted(record, out var entry))
            return;
        if (entry is not null)
            moved.Add((entry, (uint)(position / LogRecordHeader.Alignment)));
        var octets = buffer.GetSpan(record.Header.Length)[..record.Header.Length];
        record.Whole.Span.CopyTo(octets);
        record.Header.Write(octets, target.Nonce);
        buffer.Advance(octets.Length);
        position += octets.Length;
        if (buffer.WrittenCount < 1024 * 1024)
            return;
        parts.Add(buffer.WrittenSpan.ToArray());
        buffer.ResetWrittenCount();
    }

    /// <summary>Told when the log was recovered.</summary>
    public void Damaged(long position, long octets, long records)
    {
    }

    /// <summary>Writes the file.</summary>
    public async ValueTask WriteAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        await using var writer = await store.CreateObjectAsync(target.Path, cancellationToken);
        foreach (var part in parts)
            await writer.WriteAsync(part, cancellationToken);
        await writer.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await writer.CommitAsync(cancellationToken);
    }

    /// <summary>The checkpoint names the file: records are read from there from now on. The caller holds the index's gate.</summary>
    public void Move()
    {
        foreach (var (record, place) in moved)
        {
            if (record.PackedAt != 0)
                continue;
            record.Log.Live--;
            target.Live++;
            (record.Log, record.Place) = (target, place);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => parts.Clear();

    private bool IsWanted(in ScannedRecord record, out RecordEntry? entry)
    {
        entry = null;
        switch (record.Header.Type)
        {
            case LogRecordType.MessageInline or LogRecordType.MessageReference:
                var summary = MessageDecoder.Summarize(record.Metadata.Span);
                lock (index.Gate)
                    entry = index.Find(summary.Id, summary.Domain.Number);
                return entry is { PackedAt: 0 } && entry.Number == record.Header.Sequence;
            case LogRecordType.Change or LogRecordType.Tombstone:
                var change = ChangeRecord.Decode(record.Metadata.Span);
                var number = record.Header.Sequence;
                lock (index.Gate)
                    return index.Domain(change.Domain).Changes.Exists(c => c.Number == number);
            default:
                return false;
        }
    }
}
