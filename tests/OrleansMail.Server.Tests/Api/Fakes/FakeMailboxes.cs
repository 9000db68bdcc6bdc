using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Api.Fakes;

internal sealed class FakeMailboxes(FakeCluster cluster, string tenant, DomainName domain) : IMailboxesGrain
{
    private readonly Dictionary<string, (Mailbox Mailbox, string Version)> mailboxes = [];
    private readonly Dictionary<string, Versioned<MailAlias>> aliases = [];
    private readonly List<StoredMessage> messages = [];
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int version;

    /// <summary>Completes when somebody waits for a message.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a wait was cancelled.</summary>
    public TaskCompletionSource WaitCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Exists => cluster.Tenant(tenant).Has(domain);

    public void Deliver(string mailbox, Func<MessageId, long, RecordedMailbox, StoredMessage> message)
    {
        lock (messages)
        {
            var owner = mailboxes[LocalPart.Parse(mailbox).Key].Mailbox;
            var recorded = new RecordedMailbox(owner.Incarnation, owner.LocalPart.Value, [new(owner.LocalPart.At(domain), "As+Written@x", "Written")]);
            messages.Add(message(new MessageId(Ulid.NewUlid(), 1, 0), messages.Count + 1, recorded));
        }

        Interlocked.Exchange(ref arrived, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public async ValueTask<MailboxPage?> ListMessagesAsync(
        LocalPart mailbox, Incarnation? incarnation, long after, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!mailboxes.TryGetValue(mailbox.Key, out var found) || (incarnation is { } known && known != found.Mailbox.Incarnation))
            return null;
        var arrival = arrived.Task;
        var page = Page(found.Mailbox, after, limit);
        if (page.Items.Count == 0 && wait > TimeSpan.Zero)
        {
            Waiting.TrySetResult();
            try
            {
                await arrival.WaitAsync(wait, cancellationToken);
            }
            catch (TimeoutException)
            {
            }
            catch (OperationCanceledException)
            {
                WaitCancelled.TrySetResult();
                throw;
            }

            page = Page(found.Mailbox, after, limit);
        }

        return new(found.Mailbox, page);
    }

    public ValueTask<StoredMessage?> FindMessageAsync(MessageId id, CancellationToken cancellationToken) => new(messages.Find(m => m.Id == id));

    public ValueTask<Versioned<MailboxStatus>?> GetMailboxAsync(LocalPart mailbox, CancellationToken cancellationToken) =>
        new(mailboxes.TryGetValue(mailbox.Key, out var found) ? new Versioned<MailboxStatus>(Status(found.Mailbox), found.Version) : null);

    public ValueTask<Page<MailboxStatus>?> ListMailboxesAsync(string? after, int limit, CancellationToken cancellationToken) =>
        new(Exists ? Paging.Behind(mailboxes.Keys, after, limit, k => Status(mailboxes[k].Mailbox)) : null);

    public ValueTask<int> CountMailboxesAsync(CancellationToken cancellationToken) => new(mailboxes.Count);

    public ValueTask<ChangeResult<MailboxStatus>> PutMailboxAsync(LocalPart mailbox, MailboxSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!Exists)
            return new(new ChangeResult<MailboxStatus>(ChangeStatus.ParentNotFound));
        var existed = mailboxes.TryGetValue(mailbox.Key, out var old);
        if (ifMatch is not null && ifMatch != old.Version)
            return new(new ChangeResult<MailboxStatus>(ChangeStatus.VersionMismatch));
        var now = existed ? old.Mailbox with { Settings = settings } : new Mailbox(mailbox, domain, Incarnation.Create(TimeProvider.System), settings);
        mailboxes[mailbox.Key] = (now, $"M-{++version}");
        return new(new ChangeResult<MailboxStatus>(existed ? ChangeStatus.Updated : ChangeStatus.Created, new(Status(now), $"M-{version}")));
    }

    public ValueTask<ChangeStatus> DeleteMailboxAsync(LocalPart mailbox, string? ifMatch, CancellationToken cancellationToken)
    {
        if (ifMatch is not null && (!mailboxes.TryGetValue(mailbox.Key, out var old) || old.Version != ifMatch))
            return new(ChangeStatus.VersionMismatch);
        mailboxes.Remove(mailbox.Key);
        return new(ChangeStatus.Deleted);
    }

    public ValueTask<Versioned<MailAlias>?> GetAliasAsync(string alias, CancellationToken cancellationToken) => new(aliases.GetValueOrDefault(alias));

    public ValueTask<Page<MailAlias>?> ListAliasesAsync(string? after, int limit, CancellationToken cancellationToken) =>
        new(Exists ? Paging.Behind(aliases.Keys, after, limit, k => aliases[k].Value) : null);

    public ValueTask<ChangeResult<MailAlias>> PutAliasAsync(string alias, IReadOnlyList<string> targets, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!Exists)
            return new(new ChangeResult<MailAlias>(ChangeStatus.ParentNotFound));
        if (targets.Count == 0)
            return new(new ChangeResult<MailAlias>(ChangeStatus.Invalid, Field: "targets", Problem: "From 1 to 1000 addresses."));
        var old = aliases.GetValueOrDefault(alias);
        if (ifMatch is not null && ifMatch != old?.Version)
            return new(new ChangeResult<MailAlias>(ChangeStatus.VersionMismatch));
        aliases[alias] = new(new MailAlias(alias, domain, targets), $"A-{++version}");
        return new(new ChangeResult<MailAlias>(old is null ? ChangeStatus.Created : ChangeStatus.Updated, aliases[alias]));
    }

    public ValueTask<ChangeStatus> DeleteAliasAsync(string alias, string? ifMatch, CancellationToken cancellationToken)
    {
        if (ifMatch is not null && ifMatch != aliases.GetValueOrDefault(alias)?.Version)
            return new(ChangeStatus.VersionMismatch);
        aliases.Remove(alias);
        return new(ChangeStatus.Deleted);
    }

    public ValueTask<Resolution> ResolveAsync(LocalPart localPart, int depth, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<RecordReceipt> RecordAsync(MessageSubmission submission, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records) => throw new NotSupportedException();

    public ValueTask ConfigureAsync(DomainConfiguration? configuration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DeleteMessageAsync(MessageId id, CancellationToken cancellationToken)
    {
        lock (messages)
            messages.RemoveAll(m => m.Id == id);
        return ValueTask.CompletedTask;
    }

    public ValueTask FinishDeletionsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<MaintenanceReport?> MaintainAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ClearAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private MessagePage Page(Mailbox mailbox, long after, int limit)
    {
        lock (messages)
        {
            var found = messages.Where(m => m.Mailbox.Incarnation == mailbox.Incarnation && m.Sequence > after).Take(limit + 1).ToList();
            return new([.. found.Take(limit)], found.Count > limit);
        }
    }

    // Where a mailbox has no days of its own, 99 count.
    private static MailboxStatus Status(Mailbox mailbox) => new(mailbox, new MailboxUsage(0, 0, null), mailbox.Settings.RetentionDays ?? 99);
}
