using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage;

/// <summary>
/// One partition of a store: its log's only writer while the fence holds, and the table that readers see. Safe to call from any
/// thread at once.
/// </summary>
public interface IPartition : IAsyncDisposable
{
    /// <summary>Which it is.</summary>
    PartitionId Id { get; }

    /// <summary>Completes when another owner has fenced this one off: every further call fails, and the grain deactivates.</summary>
    Task Fenced { get; }

    /// <summary>Whether the store takes mail now; false answers MAIL with 451 or 452 before a message is sent in vain.</summary>
    PartitionHealth Health { get; }

    /// <inheritdoc cref="IPartitionGrain.RecordAsync"/>
    ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MarkSeenAsync"/>
    void MarkSeen(IReadOnlyList<Ulid> records);

    /// <inheritdoc cref="IPartitionGrain.ListAsync"/>
    ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.WaitAsync"/>
    ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.FindAsync"/>
    ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.GetUsageAsync"/>
    ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.DeleteAsync"/>
    ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.ForgetAsync"/>
    ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken);

    /// <summary>
    /// Takes an entry of a tenant's ledger in line, to ride with what is written next and to be brought to its tenant when the log is demultiplexed. It is durable
    /// within seconds, and lost when the process dies before.
    /// </summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="entry">Opaque here; the caller must not change it any more.</param>
    /// <returns>False when too much waits: the entry is not taken.</returns>
    bool TryNoteDecision(Incarnation tenant, ReadOnlyMemory<byte> entry);

    /// <summary>Seals the log and brings everything into packs: before the partition moves, and for tools.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.CloseAsync"/>
    ValueTask CloseAsync(int change, CancellationToken cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MaintainAsync"/>
    ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken);
}

/// <summary>Whether a partition takes mail.</summary>
public enum PartitionHealth
{
    /// <summary>It does.</summary>
    Healthy = 0,

    /// <summary>Its store can't be reached: 451 4.3.0.</summary>
    Unavailable = 1,

    /// <summary>Its store has no room: 452 4.3.1.</summary>
    Full = 2,
}
