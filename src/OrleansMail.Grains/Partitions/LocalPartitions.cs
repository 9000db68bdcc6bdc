using System.Collections.Concurrent;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>The partitions this silo owns, so that a mailboxes grain beside one calls it as a plain object.</summary>
internal sealed class LocalPartitions(IObjectStore store) : IStoreHealth
{
    private readonly ConcurrentDictionary<PartitionId, IPartition> open = new();

    /// <summary>The partition, when this silo owns it.</summary>
    public IPartition? Find(PartitionId id) => open.GetValueOrDefault(id);

    /// <summary>This silo owns it from now on.</summary>
    public void Add(IPartition partition) => open[partition.Id] = partition;

    /// <summary>This silo owns it no longer; no effect on a later owner.</summary>
    public void Remove(IPartition partition) => open.TryRemove(new(partition.Id, partition));

    /// <inheritdoc/>
    public async ValueTask<StoreCondition> CheckAsync(long octets, CancellationToken cancellationToken)
    {
        if (Obstacle() is { } condition)
            return condition;
        if (octets <= Contracts.Messages.Payload.MaxInline)
            return StoreCondition.Healthy; // fits what the log has made ahead, or is refused at its commit
        try
        {
            return await store.HasRoomAsync(octets, cancellationToken) ? StoreCondition.Healthy : StoreCondition.Full;
        }
        catch (StoreUnavailableException)
        {
            return StoreCondition.Unavailable;
        }
    }

    // Asked for each message. One partition that takes mail is enough: which of them it will be is not known yet.
    private StoreCondition? Obstacle()
    {
        StoreCondition? condition = null;
        foreach (var (_, partition) in open)
        {
            if (partition.Health == PartitionHealth.Healthy)
                return null;
            if (condition != StoreCondition.Full)
                condition = partition.Health == PartitionHealth.Full ? StoreCondition.Full : StoreCondition.Unavailable;
        }

        return condition;
    }
}
