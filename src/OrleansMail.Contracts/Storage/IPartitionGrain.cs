using Orleans.Concurrency;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Contracts.Storage;

/// <summary>
/// The owner of one partition log. Key: <see cref="PartitionId"/>. It alone assigns sequences and recognises repeats, in log order,
/// when a batch is formed; the log's fence, not its activation, makes it the only one.
/// </summary>
[Alias("orleansmail.partition")]
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Records one message; completes when the record is on stable storage.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was acknowledged.</exception>
    [Alias("record"), AlwaysInterleave]
    ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken);

    /// <summary>Notes that the replies for these records were seen to arrive; durable with the next commit, at no cost of its own.</summary>
    [Alias("seen"), AlwaysInterleave]
    ValueTask MarkSeenAsync([Immutable] IReadOnlyList<Ulid> records);

    /// <summary>A page of a mailbox behind <paramref name="after"/>, in sequence.</summary>
    [Alias("list"), AlwaysInterleave]
    ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Completes when the mailbox has a message behind <paramref name="after"/> (true) or the time is over (false).</summary>
    [Alias("wait"), AlwaysInterleave, ResponseTimeout("00:01:30")] // longer than the longest wait
    ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>A message of a domain; null when there is none of that id.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken);

    /// <summary>How full a mailbox is.</summary>
    [Alias("usage"), AlwaysInterleave]
    ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a message from its mailbox: hidden, and the deletion on stable storage, when the task completes; its octets go within
    /// <c>Storage:DeleteWithin</c>.
    /// </summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was acknowledged; it may be gone or not.</exception>
    [Alias("delete"), AlwaysInterleave]
    ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken);

    /// <summary>
    /// The end of a mailbox, or of a domain with all of its mailboxes: its messages are hidden, and the end on stable storage, when the task
    /// completes; their octets go within <c>Storage:DeleteWithin</c>. Repeating it is safe.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="mailbox">The mailbox; null for the whole domain.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("forget"), AlwaysInterleave]
    ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken);

    /// <summary>
    /// Applies a domain's retention: hides what has expired, frees the space of what was deleted, and removes what nothing refers to. Costs little
    /// when there is nothing to do. Safe to repeat, and to stop at any instant.
    /// </summary>
    [Alias("maintain"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken);

    /// <summary>
    /// Brings everything into packs and takes no more: the number of partitions is changed. Every further call fails with <see cref="PartitionClosedException"/>.
    /// No effect when it is closed for that change already.
    /// </summary>
    /// <param name="change">The number of the change; when it is given up, the partition opens again.</param>
    /// <param name="cancellationToken">Ends it: the partition goes on then.</param>
    /// <exception cref="StoreUnavailableException">It can't be closed now, and goes on.</exception>
    [Alias("close"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    ValueTask CloseAsync(int change, CancellationToken cancellationToken);

    /// <summary>Opens it, if it is not open: what it takes over from the generation before is its own then.</summary>
    /// <exception cref="PartitionClosedException">It is of another generation than the store.</exception>
    [Alias("open"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Brings everything into packs; no effect when it is closed.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; it may be repeated.</exception>
    [Alias("flush"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
