using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Calls a partition: as a plain object where this silo owns it, by its grain otherwise.</summary>
internal readonly struct PartitionClient(PartitionId id, IGrainFactory grains, LocalPartitions local)
{
    private IPartitionGrain Grain => grains.GetPartition(id);

    /// <inheritdoc cref="IPartitionGrain.RecordAsync"/>
    public ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        local.Find(id) is { } partition
            ? partition.RecordAsync(domain, submission, cancellationToken)
            : Grain.RecordAsync(domain, submission, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MarkSeenAsync"/>
    public ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records)
    {
        if (local.Find(id) is not { } partition)
            return Grain.MarkSeenAsync(records);
        partition.MarkSeen(records);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="IPartitionGrain.ListAsync"/>
    public ValueTask<MessagePage> ListAsync(Incarnation mailbox, long after, int limit, CancellationToken cancellationToken) =>
        local.Find(id) is { } partition
            ? partition.ListAsync(mailbox, after, limit, cancellationToken)
            : Grain.ListAsync(mailbox, after, limit, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.WaitAsync"/>
    public ValueTask<bool> WaitAsync(Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) =>
        local.Find(id) is { } partition
            ? partition.WaitAsync(mailbox, after, atMost, cancellationToken)
            : Grain.WaitAsync(mailbox, after, atMost, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.FindAsync"/>
    public ValueTask<StoredMessage?> FindAsync(Incarnation domain, MessageId message, CancellationToken cancellationToken) =>
        local.Find(id) is { } partition
            ? partition.FindAsync(domain, message, cancellationToken)
            : Grain.FindAsync(domain, message, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.GetUsageAsync"/>
    public ValueTask<MailboxUsage> GetUsageAsync(Incarnation mailbox, CancellationToken cancellationToken) =>
        local.Find(id) is { } partition
            ? new(partition.GetUsage(mailbox))
            : Grain.GetUsageAsync(mailbox, cancellationToken);
}
