using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The tenants that wait for octets of the payload budget, those first that hold the least. Its caller locks.</summary>
internal sealed class WaitingTenants
{
    private readonly Dictionary<TenantId, TenantQueue> queues = [];
    private readonly SortedSet<TenantQueue> ordered = new(Comparer<TenantQueue>.Create(
        static (x, y) => x.Held != y.Held ? x.Held.CompareTo(y.Held) : x.Number.CompareTo(y.Number)));

    private long last;

    /// <summary>A tenant's queue; null when nobody of it waits.</summary>
    public TenantQueue? Find(TenantId tenant) => queues.Count == 0 ? null : queues.GetValueOrDefault(tenant);

    /// <summary>Opens the queue of a tenant that has none.</summary>
    public TenantQueue Add(TenantId tenant, long held)
    {
        var queue = new TenantQueue(tenant, ++last) { Held = held };
        queues.Add(tenant, queue);
        ordered.Add(queue);
        return queue;
    }

    /// <summary>Puts a queue where what its tenant holds now belongs.</summary>
    public void Move(TenantQueue queue, long held)
    {
        ordered.Remove(queue);
        queue.Held = held;
        ordered.Add(queue);
    }

    /// <summary>Closes a queue.</summary>
    public void Remove(TenantQueue queue)
    {
        queues.Remove(queue.Tenant);
        ordered.Remove(queue);
    }

    /// <summary>The queue whose first is served next; null when the shares leave nobody anything.</summary>
    public TenantQueue? Next(long available)
    {
        if (ordered.Count == 0)
            return null; // the enumerator would be an allocation for each message
        foreach (var queue in ordered)
        {
            if (queue.Held >= available)
                return null; // nor may any that holds more
            if (PayloadShare.Allows(queue.Held, queue.Waiters.First!.Value.Octets, available))
                return queue;
        }

        return null;
    }
}
