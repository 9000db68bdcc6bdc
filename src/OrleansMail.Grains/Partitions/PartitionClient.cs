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
    public ValueTask<MessagePage> ListAsync(Incarnation mailbox, long after, int limit, CancellationToken cancellationToken) =>
        Local?.ListAsync(mailbox, after, limit, cancellationToken) ?? grain.ListAsync(mailbox, after, limit, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.WaitAsync"/>
    public ValueTask<bool> WaitAsync(Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) =>
        Local?.WaitAsync(mailbox, after, atMost, cancellationToken) ?? grain.WaitAsync(mailbox, after, atMost, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.FindAsync"/>
    public ValueTask<StoredMessage?> FindAsync(Incarnation domain, MessageId message, CancellationToken cancellationToken) =>
        Local?.FindAsync(domain, message, cancellationToken) ?? grain.FindAsync(domain, message, cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.GetUsageAsync"/>
    public ValueTask<MailboxUsage> GetUsageAsync(Incarnation mailbox, CancellationToken cancellationToken) =>
        Local is { } partition ? new(partition.GetUsage(mailbox)) : grain.GetUsageAsync(mailbox, cancellationToken);
}
