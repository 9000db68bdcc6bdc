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
    ValueTask<MessagePage> ListAsync(Incarnation mailbox, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Completes when the mailbox has a message behind <paramref name="after"/> (true) or the time is over (false).</summary>
    [Alias("wait"), AlwaysInterleave, ResponseTimeout("00:01:30")] // longer than the longest wait
    ValueTask<bool> WaitAsync(Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>A message of a domain; null when there is none of that id.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<StoredMessage?> FindAsync(Incarnation domain, MessageId id, CancellationToken cancellationToken);

    /// <summary>How full a mailbox is.</summary>
    [Alias("usage"), AlwaysInterleave]
    ValueTask<MailboxUsage> GetUsageAsync(Incarnation mailbox, CancellationToken cancellationToken);
}
