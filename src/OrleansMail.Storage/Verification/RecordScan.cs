using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Finds the records of a pack without its entries. They say all of themselves but where their payloads are, and these lie in the same order.</summary>
internal sealed class RecordScan(PackTables tables, LogWindow metadata, LogWindow payloads)
{
    /// <summary>Whether the records that were found are all that the pack has.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>All sound records, in order.</summary>
    public async ValueTask<List<FoundRecord>> RunAsync(CancellationToken cancellationToken)
    {
        var known = tables.Entries.OfType<PackEntry>().DistinctBy(static e => e.MetadataOffset).ToDictionary(static e => e.MetadataOffset);
        var found = new List<FoundRecord>();
        for (var at = tables.Trailer.MetadataAt; at < tables.Trailer.DirectoryAt;)
        {
            if (await TryReadAsync(at, cancellationToken) is not { } record)
            {
                at += LogRecordHeader.Alignment;
                continue;
            }

            found.Add(new FoundRecord(at, record) { Entry = known.TryGetValue(at, out var entry) ? entry : null });
            at = LogRecordHeader.Align(at + record.Header.PayloadOffset);
        }

        await LocateAsync(found, cancellationToken);
        return found;
    }

    private async ValueTask<PackedRecord?> TryReadAsync(long at, CancellationToken cancellationToken)
    {
        var octets = await metadata.GetAsync(at, LogRecordHeader.Size, cancellationToken);
        if (!LogRecordHeader.TryRead(octets.Span, out var header) || at + header.PayloadOffset > tables.Trailer.DirectoryAt)
            return null;
        octets = await metadata.GetAsync(at, header.PayloadOffset, cancellationToken);
        return octets.Length < header.PayloadOffset ? null : PackedRecord.TryRead(octets.Span[..header.PayloadOffset], tables.Trailer.Nonce);
    }

    // A payload begins where the one before ends; that is not known behind a record that is damaged itself.
    private async ValueTask LocateAsync(List<FoundRecord> records, CancellationToken cancellationToken)
    {
        var (next, expected) = ((long?)LogRecordHeader.Alignment, tables.Trailer.MetadataAt);
        foreach (var found in records)
        {
            if (found.At != expected)
                (next, IsComplete) = (null, false);
            found.Entry ??= await LocateAsync(found, next, cancellationToken);
            if (found.Entry is not { } entry)
                next = null;
            else if (!entry.IsObject)
                next = LogRecordHeader.Align(entry.PayloadOffset + entry.StoredLength);
            expected = LogRecordHeader.Align(found.At + found.Record.Header.PayloadOffset);
        }

        IsComplete &= expected == tables.Trailer.DirectoryAt;
    }

    private async ValueTask<PackEntry?> LocateAsync(FoundRecord found, long? at, CancellationToken cancellationToken)
    {
        var (header, summary) = (found.Record.Header, found.Record.Summary);
        var entry = new PackEntry(0, 0, summary.ReceivedAt.UtcTicks, summary.Id, found.At, header.PayloadOffset, 0, 0, summary.Size, 0, PackEntry.FlagsOf(false, true));
        if (found.Record.Content.Object is not null)
            return entry;
        if (at is not { } position || position >= tables.Trailer.MetadataAt)
            return null;
        var octets = await payloads.GetAsync(position, header.PayloadLength, cancellationToken);
        octets = octets[..(int)Math.Min(Math.Min(octets.Length, header.PayloadLength), tables.Trailer.MetadataAt - position)];
        if (found.Record.IsPayload(octets.Span, isCompressed: false))
            return entry with { PayloadOffset = position, StoredLength = octets.Length, Flags = PackEntry.FlagsOf(false, false) };
        return PayloadCompression.FrameLength(octets.Span) is { } length
            ? entry with { PayloadOffset = position, StoredLength = length, Flags = PackEntry.FlagsOf(true, false) }
            : null;
    }
}
