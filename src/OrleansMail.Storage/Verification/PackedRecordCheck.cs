using OrleansMail.Contracts;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks the records of a pack against the entries that lead to them.</summary>
internal sealed class PackedRecordCheck(VerificationReport report, string path, PackTables tables, DomainTally tally)
{
    /// <summary>Checks a record's metadata.</summary>
    /// <param name="record">As read; null when it failed its check.</param>
    /// <param name="entries">All entries that lead to it.</param>
    /// <returns>The record, if its payload can be checked.</returns>
    public PackedRecord? CheckMetadata(PackedRecord? record, IReadOnlyList<PackEntry> entries)
    {
        report.Counts.Records++;
        if (record is null || record.Header.PayloadOffset != entries[0].MetadataLength)
        {
            report.Add(MismatchKinds.Metadata, path, $"The metadata of record {entries[0].Id} at {entries[0].MetadataOffset} fail their check.");
            return null;
        }

        if (record.Header.IsSealed)
            report.Counts.Sealed++;
        foreach (var entry in entries)
        {
            if (!Fits(entry, record.Summary, record.Header))
                report.Add(MismatchKinds.Metadata, path, $"Entry {entry.Index} and the metadata of record {record.Summary.Id} do not agree.");
        }

        if (record.Content.Object is { } referred)
            tally.Objects[referred.Record] = referred;
        return record;
    }

    /// <summary>Checks the payload of a record whose metadata are sound.</summary>
    public async ValueTask CheckPayloadAsync(PackedRecord record, PackEntry entry, LogWindow window, CancellationToken cancellationToken)
    {
        if (entry.IsObject)
            return;
        report.Counts.Payloads++;
        var isBounded = entry.StoredLength is >= 0 and <= LogRecordHeader.MaxRecord && entry.PayloadOffset + entry.StoredLength <= tables.Trailer.MetadataAt;
        var octets = isBounded ? await window.GetAsync(entry.PayloadOffset, entry.StoredLength, cancellationToken) : default;
        if (!isBounded || octets.Length < entry.StoredLength || !record.IsPayload(octets.Span[..entry.StoredLength], entry.IsCompressed))
            report.Add(MismatchKinds.Payload, path, $"The payload of record {entry.Id} at {entry.PayloadOffset} is damaged.");
    }

    private bool Fits(in PackEntry entry, in MessageSummary summary, in LogRecordHeader header) =>
        summary.Domain == tables.Trailer.DomainKey && entry.Id == summary.Id && entry.Size == summary.Size && entry.ReceivedAt == summary.ReceivedAt.UtcTicks
        && entry.IsObject == (header.Type == LogRecordType.MessageReference)
        && entry.Place < summary.Mailboxes.Length && summary.Mailboxes[entry.Place].Sequence == entry.Sequence
        && MailboxOf(entry.Index) is var mailbox && (mailbox is null || mailbox == summary.Mailboxes[entry.Place].Incarnation);

    // Null where the directory is damaged.
    private Incarnation? MailboxOf(uint index)
    {
        var (low, high) = (0, tables.Mailboxes.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (tables.Mailboxes[middle] is not { } mailbox)
                return null;
            if (mailbox.First + mailbox.Count <= index)
                low = middle + 1;
            else
                high = middle;
        }

        return low < tables.Mailboxes.Length && tables.Mailboxes[low] is { } found && found.First <= index ? found.Mailbox : null;
    }
}
