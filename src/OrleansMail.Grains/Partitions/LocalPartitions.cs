using System.Collections.Concurrent;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>The partitions this silo owns, so that a mailboxes grain beside one calls it as a plain object.</summary>
/// <param name="store">The store that tenants share.</param>
internal sealed class LocalPartitions(IObjectStore store) : IStoreHealth
{
    private readonly ConcurrentDictionary<PartitionId, IPartition> open = new();
    private int own; // partitions of tenants' own stores

    /// <inheritdoc/>
    public bool HasOwnStores => Volatile.Read(ref own) > 0;

    /// <summary>How many this silo owns.</summary>
    public int Count => open.Count;

    /// <summary>The partition, when this silo owns it.</summary>
    public IPartition? Find(PartitionId id) => open.GetValueOrDefault(id);

    /// <summary>This silo owns it from now on.</summary>
    public void Add(IPartition partition)
    {
        open[partition.Id] = partition;
        CountOwn();
    }

    /// <summary>This silo owns it no longer; no effect on a later owner.</summary>
    public void Remove(IPartition partition)
    {
        open.TryRemove(new(partition.Id, partition));
        CountOwn();
    }

    /// <inheritdoc/>
    public async ValueTask<StoreCondition> CheckAsync(string name, long octets, CancellationToken cancellationToken)
    {
        if (Obstacle(name) is { } condition)
            return condition;
        // What is smaller fits what the log has made ahead, or is refused at its commit; a tenant's own store is a service that does not say what room it has.
        if (octets <= Contracts.Messages.Payload.MaxInline || name != MailPlace.SharedStore)
            return StoreCondition.Healthy;
        try
        {
            return await store.HasRoomAsync(octets, cancellationToken) ? StoreCondition.Healthy : StoreCondition.Full;
        }
        catch (StoreUnavailableException)
        {
            return StoreCondition.Unavailable;
        }
    }

    private void CountOwn() => Volatile.Write(ref own, open.Keys.Count(static id => id.Store != MailPlace.SharedStore));

    // Asked for each message. One partition of the store that takes mail is enough: which of them it will be is not known yet.
    private StoreCondition? Obstacle(string name)
    {
        if (name != MailPlace.SharedStore)
            return open.TryGetValue(new(name, 0), out var only) ? ConditionOf(only.Health) : null; // it has one partition
        StoreCondition? condition = null;
        foreach (var (id, partition) in open)
        {
            if (id.Store != MailPlace.SharedStore)
                continue;
            if (ConditionOf(partition.Health) is not { } obstacle)
                return null;
            if (condition != StoreCondition.Full)
                condition = obstacle;
        }

        return condition;
    }

    private static StoreCondition? ConditionOf(PartitionHealth health) => health switch
    {
        PartitionHealth.Healthy => null,
        PartitionHealth.Full => StoreCondition.Full,
        _ => StoreCondition.Unavailable,
    };
}
