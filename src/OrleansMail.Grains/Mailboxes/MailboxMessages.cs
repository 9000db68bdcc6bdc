using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>The messages of a domain: what may be recorded and what may be seen, over the domain's partition.</summary>
internal static class MailboxMessages
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <inheritdoc cref="IMailboxesGrain.RecordAsync"/>
    public static ValueTask<RecordReceipt> RecordAsync(ServedDomain domain, MessageSubmission submission, CancellationToken cancellationToken)
    {
        SubmissionRules.Check(submission);
        return Obstacle(domain, submission) is { } outcome ? new(new RecordReceipt(outcome, default)) : PassOnAsync(domain, submission, cancellationToken);
    }

    /// <summary>Records a message unless something stands in the way: null then. May be called from any thread.</summary>
    public static Task<RecordReceipt>? TryRecordAsync(ServedDomain domain, MessageSubmission submission, CancellationToken cancellationToken)
    {
        SubmissionRules.Check(submission);
        return Obstacle(domain, submission) is null ? PassOnAsync(domain, submission, cancellationToken).AsTask() : null;
    }

    /// <inheritdoc cref="IMailboxesGrain.ListMessagesAsync"/>
    public static async ValueTask<MailboxPage?> ListAsync(
        ServedDomain domain, MailboxEntry entry, long after, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        var mailbox = new Incarnation(entry.Incarnation);
        limit = Paging.Clamp(limit);
        after = Math.Max(after, 0);
        var page = await domain.Partition.ListAsync(domain.Configuration.Domain.Key, mailbox, after, limit, cancellationToken);
        wait = wait < LongestWait ? wait : LongestWait;
        if (page.Items.Count == 0 && wait > TimeSpan.Zero && await domain.Partition.WaitAsync(domain.Configuration.Domain.Key, mailbox, after, wait, cancellationToken))
            page = await domain.Partition.ListAsync(domain.Configuration.Domain.Key, mailbox, after, limit, cancellationToken);
        return new(domain.Show(entry), page);
    }

    /// <inheritdoc cref="IMailboxesGrain.FindMessageAsync"/>
    public static async ValueTask<StoredMessage?> FindAsync(ServedDomain domain, MessageId id, CancellationToken cancellationToken)
    {
        if (domain.Configuration.Domain.Key.Number != id.Domain)
            return null;
        var message = await domain.Partition.FindAsync(domain.Configuration.Domain.Key, id, cancellationToken);
        return message is not null && Find(domain, message.Mailbox) is not null ? message : null;
    }

    /// <inheritdoc cref="IMailboxesGrain.DeleteMessageAsync"/>
    public static async ValueTask DeleteAsync(ServedDomain domain, MessageId id, CancellationToken cancellationToken)
    {
        if (domain.Configuration.Domain.Key.Number == id.Domain)
            await domain.Partition.DeleteAsync(domain.Configuration.Domain.Key, id, cancellationToken);
    }

    private static ValueTask<RecordReceipt> PassOnAsync(ServedDomain domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        domain.Partition.RecordAsync(domain.Configuration.Domain.Key, domain.Configuration.Place.IsSealed ? submission with { Sealed = true } : submission, cancellationToken);

    // Asked again at the commit: what RCPT said may be outdated by now.
    private static RecordOutcome? Obstacle(ServedDomain domain, MessageSubmission submission)
    {
        if (!domain.Owned)
            return RecordOutcome.Gone;
        RecordOutcome? outcome = domain.Suspended ? RecordOutcome.Suspended : null;
        foreach (var target in submission.Mailboxes)
        {
            if (Find(domain, target) is not { } mailbox)
                return RecordOutcome.Gone; // before "suspended": the retry must resolve anew
            if (mailbox.Settings.Suspended)
                outcome = RecordOutcome.Suspended;
        }

        return outcome;
    }

    private static MailboxEntry? Find(ServedDomain domain, RecordedMailbox mailbox) =>
        LocalPart.TryFromValue(mailbox.LocalPart, out var name) && domain.Find(name) is { } entry && entry.Incarnation == mailbox.Incarnation.Value
            ? entry
            : null;
}
