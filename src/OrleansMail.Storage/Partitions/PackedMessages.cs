using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Partitions;

/// <summary>An entry of a mailbox and the pack that it is in.</summary>
internal readonly record struct PackedMessage(PackRef Pack, PackReader Reader, PackEntry Entry);

/// <summary>Reads messages that are in packs. What fails its check is reported, counted, and never served.</summary>
internal sealed partial class PackedMessages(PackCatalog packs, MessageSeal seal, PartitionId partition, PartitionMetrics metrics, ILogger logger)
{
    private const int MaxProbe = 1024;

    /// <summary>Collects entries of a mailbox behind a sequence that are not deleted.</summary>
    /// <param name="head">The domain's head.</param>
    /// <param name="row">The mailbox's row.</param>
    /// <param name="after">The sequence.</param>
    /// <param name="limit">Most that are wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FileNotFoundException">A pack is gone: the head is outdated.</exception>
    public async ValueTask<List<PackedMessage>> ListAsync(DomainHead head, MailboxRow row, long after, int limit, CancellationToken cancellationToken)
    {
        var found = new List<PackedMessage>(Math.Min(limit, MaxProbe));
        for (var i = row.RunBehind(after); i < row.Runs.Count && found.Count < limit; i++)
        {
            var run = row.Runs[i];
            if (head.FindPack(run.Pack) is not { } pack)
                continue; // found by the verification: the row names a pack that the head does not
            try
            {
                await AddAsync(head.Domain, pack, run, after, limit, found, cancellationToken);
            }
            catch (PackDamagedException exception)
            {
                metrics.Damaged(run.Count);
                Log.Damaged(logger, exception, partition, pack.Name, head.Domain.Domain);
            }
        }

        return found;
    }

    /// <summary>The entry of an id; null when there is none that is not deleted.</summary>
    /// <exception cref="FileNotFoundException">A pack is gone: the head is outdated.</exception>
    public async ValueTask<PackedMessage?> FindAsync(DomainHead head, MessageId id, CancellationToken cancellationToken)
    {
        for (var i = head.Packs.Count - 1; i >= 0; i--)
        {
            var pack = head.Packs[i];
            if (!pack.MayHave(id.Record))
                continue;
            var reader = await packs.OpenAsync(head.Domain, pack, cancellationToken);
            foreach (var entry in await reader.FindIdAsync(id.Record, cancellationToken))
            {
                if (entry.Place == id.Place && !pack.Dead.Contains(entry.Index))
                    return new PackedMessage(pack, reader, entry);
            }
        }

        return null;
    }

    /// <summary>Whether a record of that id is there, deleted or not.</summary>
    /// <exception cref="FileNotFoundException">A pack is gone: the head is outdated.</exception>
    public async ValueTask<bool> HasAsync(DomainHead head, Ulid id, CancellationToken cancellationToken)
    {
        foreach (var pack in head.Packs)
        {
            if (pack.MayHave(id) && (await (await packs.OpenAsync(head.Domain, pack, cancellationToken)).FindIdAsync(id, cancellationToken)).Count > 0)
                return true;
        }

        return false;
    }

    /// <summary>Reads messages; those that are damaged are left out.</summary>
    public async ValueTask ReadAsync(DomainKey domain, List<PackedMessage> located, List<StoredMessage> messages, CancellationToken cancellationToken)
    {
        for (var from = 0; from < located.Count;)
        {
            var (pack, reader) = (located[from].Pack, located[from].Reader);
            var to = from + 1;
            while (to < located.Count && located[to].Reader == reader)
                to++;
            var entries = new PackEntry[to - from];
            for (var i = from; i < to; i++)
                entries[i - from] = located[i].Entry;
            await ReadAsync(domain, pack, reader, entries, messages, cancellationToken);
            from = to;
        }
    }

    private async ValueTask ReadAsync(
        DomainKey domain, PackRef pack, PackReader reader, PackEntry[] entries, List<StoredMessage> messages, CancellationToken cancellationToken)
    {
        var path = pack.PathIn(domain);
        var records = await reader.ReadMetadataAsync(entries, cancellationToken);
        for (var i = 0; i < entries.Length; i++)
        {
            if (records[i] is { } record && await DecodeAsync(path, entries[i], record, cancellationToken) is { } message)
                messages.Add(message);
            else
                Report(domain, pack, entries[i].Id);
        }
    }

    private async ValueTask AddAsync(
        DomainKey domain, PackRef pack, EntryRun run, long after, int limit, List<PackedMessage> found, CancellationToken cancellationToken)
    {
        var reader = await packs.OpenAsync(domain, pack, cancellationToken);
        var (at, entries) = await ReadBehindAsync(reader, run, after, limit, cancellationToken);
        while (true)
        {
            foreach (ref readonly var entry in entries.Span)
            {
                at++;
                if (!pack.Dead.Contains(entry.Index))
                    found.Add(new PackedMessage(pack, reader, entry));
                if (found.Count == limit)
                    return;
            }

            if (at == run.Count)
                return;
            entries = await reader.ReadEntriesAsync(run.First + at, (uint)Math.Min(Math.Min(run.Count - at, MaxProbe), limit - found.Count), cancellationToken);
        }
    }

    // Where nothing was removed the page lies where its sequences say: it is read there, and looked for only if it turns out to begin before.
    private static async ValueTask<(uint At, ReadOnlyMemory<PackEntry> Entries)> ReadBehindAsync(
        PackReader reader, EntryRun run, long after, int limit, CancellationToken cancellationToken)
    {
        var guess = (uint)Math.Clamp(after - run.FirstSequence, 0, run.Count - 1);
        ReadOnlyMemory<PackEntry> entries = await reader.ReadEntriesAsync(run.First + guess, (uint)Math.Min(Math.Min(limit, MaxProbe) + 1, run.Count - guess), cancellationToken);
        if (guess > 0 && entries.Span[0].Sequence > after)
            return (await EntrySearch.FirstBehindAsync(reader, run, after, cancellationToken), default);
        var skipped = 0;
        while (skipped < entries.Length && entries.Span[skipped].Sequence <= after)
            skipped++;
        return (guess + (uint)skipped, entries[skipped..]);
    }

    // Null: it is sealed, and not by this tenant's key for this record.
    private ValueTask<StoredMessage?> DecodeAsync(string path, in PackEntry entry, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        var decoding = seal.DecodeAsync(record, entry.Place, partition.Store, path, entry.PayloadOffset, 0, cancellationToken);
        PackedPayload? payload = null;
        if (!entry.IsObject)
        {
            var checksum = BinaryPrimitives.ReadUInt32LittleEndian(record.Span[^LogRecordHeader.PayloadChecksumSize..]);
            payload = new PackedPayload(entry.StoredLength, entry.IsCompressed, checksum);
        }

        return decoding.IsCompletedSuccessfully ? new(Place(decoding.Result.Message!, payload)) : OpenAsync(decoding, payload);
    }

    private static async ValueTask<StoredMessage?> OpenAsync(ValueTask<(StoredMessage? Message, DomainKey Domain)> decoding, PackedPayload? payload)
    {
        try
        {
            return Place((await decoding).Message!, payload);
        }
        catch (PayloadDamagedException)
        {
            return null;
        }
    }

    private static StoredMessage Place(StoredMessage message, PackedPayload? payload) =>
        payload is null ? message : message with { Location = message.Location with { Packed = payload } };

    private void Report(DomainKey domain, PackRef pack, Ulid record)
    {
        metrics.Damaged(1);
        Log.RecordDamaged(logger, partition, record, pack.Name, domain.Domain);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Partition {Partition}: pack {Pack} of domain {Domain} is damaged; what can't be read of it is not served.", EventName = "PackDamaged")]
        public static partial void Damaged(ILogger logger, Exception exception, PartitionId partition, string pack, Incarnation domain);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: record {Record} in pack {Pack} of domain {Domain} is damaged and not served.", EventName = "PackedRecordDamaged")]
        public static partial void RecordDamaged(ILogger logger, PartitionId partition, Ulid record, string pack, Incarnation domain);
    }
}
