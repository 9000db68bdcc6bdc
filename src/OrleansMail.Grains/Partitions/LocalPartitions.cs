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
        if (!open.IsEmpty && open.Values.All(p => p.Health != PartitionHealth.Healthy))
            return open.Values.Any(p => p.Health == PartitionHealth.Full) ? StoreCondition.Full : StoreCondition.Unavailable;
        if (octets <= Contracts.Messages.Payload.MaxInline)
            return StoreCondition.Healthy; // fits what the log has made ahead, or is refused at its commit
        return await store.HasRoomAsync(octets, cancellationToken) ? StoreCondition.Healthy : StoreCondition.Full;
    }
}
