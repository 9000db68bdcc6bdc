using System.Globalization;
using System.Text;

namespace OrleansMail.Storage.Verification;

/// <summary>A report for people.</summary>
public static class VerificationText
{
    private const int MaxLines = 100;

    /// <summary>Some lines, each ended.</summary>
    public static string Of(VerificationReport report)
    {
        var text = new StringBuilder();
        var counts = report.Counts;
        Line(text, $"{counts.Partitions} partitions, {counts.Logs} logs; {counts.Domains} domains, {counts.Mailboxes} mailboxes, {counts.Packs} packs.");
        Line(text, $"{counts.Records} records, {counts.Entries} entries, {counts.Payloads} payloads, {counts.Objects} of them objects; {counts.Octets} octets read.");
        if (counts.Sealed > 0)
            Line(text, $"{counts.Sealed} records are sealed with their tenant's key: only their checksums were compared.");
        if (counts.NotChecked > 0)
            Line(text, $"{counts.NotChecked} large payloads are sealed with their tenant's key: they are there, their content was not checked.");
        if (counts.TornTails > 0)
            Line(text, $"{counts.TornTails} logs end with an append that did not finish; it was never acknowledged.");
        foreach (var orphans in report.Orphans)
            Line(text, $"Nothing refers to {orphans.Files} files of kind {orphans.Kind}, {orphans.Octets} octets, {orphans.Waiting} of them younger than a day.");
        if (report.PutAside is { } putAside)
            Line(text, $"{putAside.Files} files were put aside by repairs, {putAside.Octets} octets, the first on {putAside.Oldest:yyyy-MM-dd}: delete them when nobody needs them any more.");
        foreach (var mismatch in report.Mismatches.Take(MaxLines))
            Line(text, $"{mismatch.Kind}: {mismatch.Path}: {mismatch.Detail}");
        if (report.MismatchCount > MaxLines)
            Line(text, $"... and {report.MismatchCount - MaxLines} more.");
        Line(text, report.IsSound ? (FormattableString)$"The store is sound." : $"The store is damaged: {report.MismatchCount} mismatches.");
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
