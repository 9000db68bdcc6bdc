using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks one pack whole: its tables, every record and payload, and what the head says of it.</summary>
internal sealed class PackVerifier(VerificationContext context, VerificationReport report, DomainHead head, PackRef pack, DomainTally tally)
{
    private readonly string path = pack.PathIn(head.Domain);

    /// <summary>Checks it.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        report.Counts.Packs++;
        try
        {
            await using var file = new ReadOnlyLog(context, report, path);
            using var window = new LogWindow(file);
            if (await ReadTrailerAsync(window, cancellationToken) is not { } trailer)
            {
                tally.Unread.Add(pack.Number);
                return;
            }

            CheckTrailer(trailer);
            var tables = await PackTables.ReadAsync(window, trailer, cancellationToken);
            CheckTables(tables);
            if (!await tables.SparseIsSoundAsync(window, cancellationToken))
                report.Add(MismatchKinds.Pack, path, "Its sparse index of ids is damaged.");
            await CheckRecordsAsync(tables, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            tally.Unread.Add(pack.Number);
            report.Add(MismatchKinds.PackMissing, path, $"The head names it: {pack.Entries} entries.");
        }
    }

    private async ValueTask<PackTrailer?> ReadTrailerAsync(LogWindow window, CancellationToken cancellationToken)
    {
        var at = Math.Max(0, pack.Octets - PackTrailer.Size);
        var octets = await window.GetAsync(at, PackTrailer.Size + 1, cancellationToken);
        if (octets.Length != PackTrailer.Size)
        {
            report.Add(MismatchKinds.Pack, path, $"It is not of {pack.Octets} octets, as the head says.");
            return null;
        }

        try
        {
            return PackTrailer.Read(octets.Span, pack.Octets, path);
        }
        catch (PackDamagedException exception)
        {
            report.Add(MismatchKinds.Pack, path, exception.Message);
            return null;
        }
    }

    private void CheckTrailer(PackTrailer trailer)
    {
        if (trailer.DomainKey != head.Domain)
            report.Add(MismatchKinds.Pack, path, "It is another domain's.");
        if ((trailer.Entries, trailer.LowestId, trailer.HighestId, trailer.Oldest, trailer.Newest, trailer.RawBytes)
            != (pack.Entries, pack.LowestId, pack.HighestId, pack.Oldest, pack.Newest, pack.RawBytes))
            report.Add(MismatchKinds.Pack, path, "Its trailer and the head do not agree.");
        if (pack.Covered != (trailer.FirstRecord, trailer.LastRecord))
            report.Add(MismatchKinds.Pack, path, $"Its name does not say that it covers records {trailer.FirstRecord} to {trailer.LastRecord}.");
        if (pack.Dead.Ranges.Count > 0 && pack.Dead.Ranges[^1].To > trailer.Entries)
            report.Add(MismatchKinds.Head, DomainPaths.Head(head.Domain), $"Entries are deleted that pack {pack.Name} does not have.");
    }

    private void CheckTables(PackTables tables)
    {
        for (var i = 0; i < tables.Entries.Length; i++)
        {
            if (tables.Entries[i] is null)
                report.Add(MismatchKinds.Entry, path, $"Entry {i} fails its check.");
        }

        report.Counts.Entries += tables.Entries.Length;
        CheckIds(tables);
        CheckDirectory(tables);
    }

    private void CheckIds(PackTables tables)
    {
        var seen = new bool[tables.Entries.Length];
        PackId? before = null;
        for (var i = 0; i < tables.Ids.Length; i++)
        {
            if (tables.Ids[i] is not { } row)
                report.Add(MismatchKinds.Entry, path, $"Row {i} of the ids fails its check.");
            else if (row.Entry >= seen.Length || seen[row.Entry] || (before is { } last && last.CompareTo(row) >= 0)
                || (tables.Entries[row.Entry] is { } entry && entry.Id != row.Id))
                report.Add(MismatchKinds.Entry, path, $"Row {i} of the ids does not lead to its entry.");
            else
                seen[row.Entry] = true;
            before = tables.Ids[i] ?? before;
        }
    }

    private void CheckDirectory(PackTables tables)
    {
        var next = 0u;
        PackMailbox? before = null;
        for (var i = 0; i < tables.Mailboxes.Length; i++)
        {
            if (tables.Mailboxes[i] is not { } mailbox)
            {
                report.Add(MismatchKinds.Entry, path, $"Row {i} of the directory fails its check.");
                next = i + 1 < tables.Mailboxes.Length && tables.Mailboxes[i + 1] is { } behind ? behind.First : next;
                continue;
            }

            if (mailbox.First != next || mailbox.Count == 0 || mailbox.Count > tables.Entries.Length - mailbox.First
                || (before is { } last && last.Mailbox.Value.CompareTo(mailbox.Mailbox.Value) >= 0))
                report.Add(MismatchKinds.Entry, path, $"Row {i} of the directory does not follow the row before.");
            else
                CheckMailbox(tables, mailbox);
            (next, before) = (mailbox.First + mailbox.Count, mailbox);
        }

        if (next != tables.Entries.Length && tables.Mailboxes[^1] is not null)
            report.Add(MismatchKinds.Entry, path, "The directory does not lead to all entries.");
    }

    private void CheckMailbox(PackTables tables, PackMailbox mailbox)
    {
        var own = tally.Of(mailbox.Mailbox);
        var (last, bytes, latest, isWhole) = (own.LastSequence, 0L, 0L, true);
        for (var i = mailbox.First; i < mailbox.First + mailbox.Count; i++)
        {
            if (tables.Entries[i] is not { } entry)
            {
                isWhole = false;
                continue;
            }

            if (entry.Sequence <= last)
                report.Add(MismatchKinds.Sequence, path, $"Entry {i} of mailbox {mailbox.Mailbox} has sequence {entry.Sequence} behind {last}.");
            (last, bytes, latest) = (entry.Sequence, bytes + entry.Size, Math.Max(latest, entry.ReceivedAt));
            if (pack.Dead.Contains(i))
                continue;
            own.Messages++;
            own.Bytes += entry.Size;
        }

        if (isWhole && (bytes, latest, last) != (mailbox.Bytes, mailbox.Latest, mailbox.LastSequence))
            report.Add(MismatchKinds.Entry, path, $"The directory's row of mailbox {mailbox.Mailbox} and its entries do not agree.");
        (own.LastSequence, own.Latest) = (Math.Max(last, mailbox.LastSequence), Math.Max(own.Latest, mailbox.Latest));
        own.Runs.Add(new EntryRun(pack.Number, mailbox.First, mailbox.Count, mailbox.FirstSequence));
    }

    private async Task CheckRecordsAsync(PackTables tables, CancellationToken cancellationToken)
    {
        await using var file = new ReadOnlyLog(context, report, path);
        using var metadata = new LogWindow(file);
        using var payloads = new LogWindow(file);
        var check = new PackedRecordCheck(report, path, tables, tally);
        foreach (var group in tables.Entries.OfType<PackEntry>().GroupBy(static e => e.MetadataOffset).OrderBy(static g => g.Key))
        {
            var entries = group.ToList();
            var octets = await metadata.GetAsync(entries[0].MetadataOffset, entries[0].MetadataLength, cancellationToken);
            var record = octets.Length < entries[0].MetadataLength ? null : PackedRecord.TryRead(octets.Span[..entries[0].MetadataLength], tables.Trailer.Nonce);
            if (check.CheckMetadata(record, entries) is { } sound)
                await check.CheckPayloadAsync(sound, entries[0], payloads, cancellationToken);
        }
    }
}
