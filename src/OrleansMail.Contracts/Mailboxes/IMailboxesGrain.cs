using Orleans.Concurrency;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Contracts.Mailboxes;

/// <summary>
/// The mailboxes of one domain of one tenant. Key: <c>tenant/domain</c>. Policy and cache over the domain's partition, which alone
/// is the authority on what is recorded: two activations may exist for a moment and do no harm.
/// </summary>
[Alias("orleansmail.mailboxes")]
public interface IMailboxesGrain : IGrainWithStringKey
{
    /// <summary>Answers RCPT: which mailboxes a local part leads to, or why to none.</summary>
    /// <param name="localPart">As received, unquoted.</param>
    /// <param name="depth">
    /// 0 for a recipient: aliases are followed. More for the target of an alias that another mailboxes grain expands: an alias is not
    /// followed here, its targets are given back in <see cref="Resolution.Onward"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("resolve"), AlwaysInterleave]
    ValueTask<Resolution> ResolveAsync(LocalPart localPart, int depth, CancellationToken cancellationToken);

    /// <summary>Records one message; completes when the record is on stable storage. Asks again whether the mailboxes are still there.</summary>
    /// <exception cref="Storage.StoreUnavailableException">Nothing was acknowledged; the caller answers 451, or 452 for <see cref="Storage.StoreFullException"/>.</exception>
    [Alias("record"), AlwaysInterleave]
    ValueTask<RecordReceipt> RecordAsync(MessageSubmission submission, CancellationToken cancellationToken);

    /// <summary>Notes that the replies for these records were seen to arrive.</summary>
    [Alias("seen"), AlwaysInterleave]
    ValueTask MarkSeenAsync([Immutable] IReadOnlyList<Ulid> records);

    /// <summary>A page of a mailbox behind <paramref name="after"/>; null when there is no such mailbox.</summary>
    /// <param name="mailbox">Its local part.</param>
    /// <param name="incarnation">The mailbox the cursor was given for; null without a cursor. Another one: null.</param>
    /// <param name="after">The sequence behind which to begin; 0 for the oldest.</param>
    /// <param name="limit">Items at most; from 1 to 1000, others are taken as the nearest of these.</param>
    /// <param name="wait">How long to wait for at least one; 60 s at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("list"), AlwaysInterleave, ResponseTimeout("00:01:30")] // longer than the longest wait
    ValueTask<MailboxPage?> ListMessagesAsync(LocalPart mailbox, Incarnation? incarnation, long after, int limit, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>A message in a mailbox that still exists; null otherwise.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<StoredMessage?> FindMessageAsync(MessageId id, CancellationToken cancellationToken);

    /// <summary>Deletes a message: hidden, and that on stable storage, when the task completes. No error when there is none.</summary>
    /// <exception cref="StoreUnavailableException">It may be gone or not; deleting it again is safe.</exception>
    [Alias("delete-message"), AlwaysInterleave]
    ValueTask DeleteMessageAsync(MessageId id, CancellationToken cancellationToken);

    /// <summary>A mailbox and how full it is; null when it does not exist.</summary>
    [Alias("get-mailbox"), AlwaysInterleave]
    ValueTask<Versioned<MailboxStatus>?> GetMailboxAsync(LocalPart mailbox, CancellationToken cancellationToken);

    /// <summary>Mailboxes behind <paramref name="after"/>, in order of their keys.</summary>
    [Alias("list-mailboxes"), AlwaysInterleave]
    ValueTask<Page<MailboxStatus>?> ListMailboxesAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>How many mailboxes the domain has: what the tenant's limit is held against.</summary>
    [Alias("count-mailboxes"), AlwaysInterleave]
    ValueTask<int> CountMailboxesAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces a mailbox.</summary>
    [Alias("put-mailbox")]
    ValueTask<ChangeResult<MailboxStatus>> PutMailboxAsync(LocalPart mailbox, MailboxSettings settings, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a mailbox and hides its messages at once; no error when it does not exist. Begun and not finished, it is gone for everyone; deleting
    /// or creating it again, or the next maintenance, finishes it.
    /// </summary>
    [Alias("delete-mailbox")]
    ValueTask<ChangeStatus> DeleteMailboxAsync(LocalPart mailbox, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>An alias; null when it does not exist.</summary>
    [Alias("get-alias"), AlwaysInterleave]
    ValueTask<Versioned<MailAlias>?> GetAliasAsync(string alias, CancellationToken cancellationToken);

    /// <summary>Aliases behind <paramref name="after"/>, in order of their keys.</summary>
    [Alias("list-aliases"), AlwaysInterleave]
    ValueTask<Page<MailAlias>?> ListAliasesAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Creates or replaces an alias.</summary>
    /// <param name="alias">A local part, or a prefix pattern that ends in <c>*</c>.</param>
    /// <param name="targets">Addresses of the tenant, at least one.</param>
    /// <param name="ifMatch">The version the caller saw; null to overwrite.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("put-alias")]
    ValueTask<ChangeResult<MailAlias>> PutAliasAsync(string alias, [Immutable] IReadOnlyList<string> targets, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Deletes an alias; no error when it does not exist.</summary>
    [Alias("delete-alias")]
    ValueTask<ChangeStatus> DeleteAliasAsync(string alias, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Takes over the domain's configuration: the tenant grain sends it after each change of it.</summary>
    [Alias("configure"), AlwaysInterleave]
    ValueTask ConfigureAsync(DomainConfiguration? configuration, CancellationToken cancellationToken);

    /// <summary>Removes all mailboxes and aliases: the domain is being deleted.</summary>
    [Alias("clear")]
    ValueTask ClearAsync(CancellationToken cancellationToken);

    /// <summary>Finishes deletions of mailboxes that broke off.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; the next try goes on.</exception>
    [Alias("finish-deletions")]
    ValueTask FinishDeletionsAsync(CancellationToken cancellationToken);

    /// <summary>Applies the retention of tenant, domain and mailboxes, and finishes deletions of mailboxes that broke off, but not under a legal hold.</summary>
    /// <returns>What was done; null when there is no such domain.</returns>
    /// <exception cref="StoreUnavailableException">The store failed; the next maintenance goes on.</exception>
    [Alias("maintain"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    ValueTask<MaintenanceReport?> MaintainAsync(CancellationToken cancellationToken);
}
