using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks the rows of mailboxes against what packs and logs have, pages against what the head says of them, and the head's totals.</summary>
internal sealed class RowVerifier(VerificationContext context, VerificationReport report, DomainHead head, DomainTally tally)
{
    private readonly string headPath = DomainPaths.Head(head.Domain);
    private readonly HashSet<Incarnation> seen = [];
    private long messages;
    private long bytes;
    private Ulid? last;
    private bool isWhole = true;

    /// <summary>Checks them.</summary>
    /// <param name="logged">What the logs have of the domain.</param>
    /// <param name="applied">The last log record that is in packs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task VerifyAsync(LoggedDomain? logged, long applied, CancellationToken cancellationToken)
    {
        CheckNumbers();
        CheckRows(head.Rows, headPath, logged, applied);
        foreach (var page in head.Pages)
            await CheckPageAsync(page, logged, applied, cancellationToken);
        if (!isWhole || tally.Unread.Count > 0)
            return;
        if ((messages, bytes) != (head.Messages, head.Bytes))
            report.Add(MismatchKinds.Total, headPath, $"It counts {head.Messages} messages and {head.Bytes} octets; its rows {messages} and {bytes}.");
        foreach (var (mailbox, own) in tally.Mailboxes)
        {
            if (!seen.Contains(mailbox) && own.Messages > 0)
                report.Add(MismatchKinds.Row, headPath, $"Mailbox {mailbox} has {own.Messages} messages in packs, and no row.");
        }
    }

    private void CheckNumbers()
    {
        if (head.Packs.Select(static p => p.Number).Distinct().Count() != head.Packs.Count || head.Packs.Any(p => p.Number >= head.NextPack))
            report.Add(MismatchKinds.Head, headPath, "Two of its packs have a number, or one has the number of the next.");
    }

    private async ValueTask CheckPageAsync(PageRef page, LoggedDomain? logged, long applied, CancellationToken cancellationToken)
    {
        var path = DomainPaths.Page(head.Domain, page.Name);
        if (await context.ReadValueAsync(report, path, cancellationToken) is not { } stored)
        {
            Fail("The head names it, and it is missing.");
            return;
        }

        try
        {
            var rows = HeadCodec.DecodePage(stored.Value.Span, path);
            if (rows.Count != page.Rows || rows.Count == 0 || rows[0].Mailbox.Value != page.First)
                report.Add(MismatchKinds.Page, path, "It does not have the rows that the head says.");
            CheckRows(rows, path, logged, applied);
        }
        catch (HeadDamagedException exception)
        {
            Fail(exception.Message);
        }

        void Fail(string detail)
        {
            isWhole = false;
            report.Add(MismatchKinds.Page, path, detail);
        }
    }

    private void CheckRows(IReadOnlyList<MailboxRow> rows, string path, LoggedDomain? logged, long applied)
    {
        foreach (var row in rows)
        {
            report.Counts.Mailboxes++;
            if (last is { } before && before.CompareTo(row.Mailbox.Value) >= 0)
                report.Add(MismatchKinds.Row, path, $"The row of mailbox {row.Mailbox} is not in its place.");
            last = row.Mailbox.Value;
            seen.Add(row.Mailbox);
            (messages, bytes) = (messages + row.Messages, bytes + row.Bytes);
            if (tally.Unread.Count == 0)
                CheckRow(row, path);
            CheckLogged(row, logged, applied, path);
        }
    }

    private void CheckRow(MailboxRow row, string path)
    {
        var own = tally.Mailboxes.GetValueOrDefault(row.Mailbox) ?? new MailboxTally();
        if (row.Messages != own.Messages || row.Bytes != own.Bytes)
            report.Add(MismatchKinds.Row, path, $"Mailbox {row.Mailbox} has {row.Messages} messages and {row.Bytes} octets by its row, {own.Messages} and {own.Bytes} in packs.");
        if (row.LastSequence < own.LastSequence || row.LastMessageAt < own.Latest)
            report.Add(MismatchKinds.Row, path, $"The last message of mailbox {row.Mailbox} is {own.LastSequence}, and not {row.LastSequence} as its row says.");
        if (!row.Runs.SequenceEqual(own.Runs))
            report.Add(MismatchKinds.Row, path, $"The row of mailbox {row.Mailbox} does not lead to its entries.");
    }

    private void CheckLogged(MailboxRow row, LoggedDomain? logged, long applied, string path)
    {
        if (logged is null || !logged.Mailboxes.TryGetValue(row.Mailbox, out var found))
            return;
        var before = row.LastSequence;
        foreach (var message in found.Where(m => m.Number > applied).OrderBy(static m => m.Number))
        {
            if (message.Sequence <= before)
                report.Add(MismatchKinds.Sequence, path, $"Log record {message.Number} has sequence {message.Sequence} of mailbox {row.Mailbox}, behind {before}.");
            before = message.Sequence;
        }
    }
}
