using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Calls a partition: as a plain object where this silo owns it, by its grain otherwise.</summary>
internal sealed class PartitionClient(PartitionId id, IGrainFactory grains, LocalPartitions local)
{
    private readonly IPartitionGrain grain = grains.GetPartition(id);

    private IPartition? Local => local.Find(id);

    /// <inheritdoc cref="IPartitionGrain.RecordAsync"/>
    public ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        Local?.RecordAsync(domain, submission, cancellationToken) ?? grain.RecordAsync(domain, submission, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MarkSeenAsync"/>
    public ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records)
    {
        if (Local is not { } partition)
            return grain.MarkSeenAsync(records);
        partition.MarkSeen(records);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="IPartitionGrain.ListAsync"/>
    public ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken) =>
        Local?.ListAsync(domain, mailbox, after, limit, cancellationToken) ?? grain.ListAsync(domain, mailbox, after, limit, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.WaitAsync"/>
    public ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) =>
        Local?.WaitAsync(domain, mailbox, after, atMost, cancellationToken) ?? grain.WaitAsync(domain, mailbox, after, atMost, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.FindAsync"/>
    public ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken) =>
        Local?.FindAsync(domain, message, cancellationToken) ?? grain.FindAsync(domain, message, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.GetUsageAsync"/>
    public ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken) =>
        Local?.GetUsageAsync(domain, mailbox, cancellationToken) ?? grain.GetUsageAsync(domain, mailbox, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.DeleteAsync"/>
    public ValueTask<bool> DeleteAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken) =>
        Local?.DeleteAsync(domain, message, cancellationToken) ?? grain.DeleteAsync(domain, message, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.ForgetAsync"/>
    public ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken) =>
        Local?.ForgetAsync(domain, mailbox, cancellationToken) ?? grain.ForgetAsync(domain, mailbox, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MaintainAsync"/>
    public ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken) =>
        Local?.MaintainAsync(domain, policy, cancellationToken) ?? grain.MaintainAsync(domain, policy, cancellationToken);
}
