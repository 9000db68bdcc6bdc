using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>
/// The octets of payload that all sessions together may hold. A session that gets none waits, so it stops reading, and the
/// client is slowed down by TCP.
/// </summary>
/// <remarks>
/// Tenants share it by dynamic thresholds (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches",
/// IEEE/ACM Transactions on Networking 6(2), 1998; alpha 1): none holds more than is free then, so one alone gets a half, n busy ones
/// get 1/(n+1) each, and who comes next finds as much. Nothing is kept of tenants that neither hold nor wait.
/// </remarks>
internal sealed class PayloadBudget(IOptions<GatewayOptions> options, TimeProvider time)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly Dictionary<TenantId, long> holdings = [];
    private readonly WaitingTenants waiting = new();
    private long available = options.Value.PayloadBudget;

    /// <summary>Octets that nobody holds.</summary>
    public long Available
    {
        get
        {
            lock (gate)
                return available;
        }
    }

    /// <summary>Tenants of whom something is kept: those that hold octets or wait for some.</summary>
    public int Tenants
    {
        get
        {
            lock (gate)
                return holdings.Count;
        }
    }

    /// <summary>Takes octets for a tenant, in the order in which it asks; they are given back by <see cref="Return"/>.</summary>
    /// <param name="tenant">Who is charged: the tenant that the message is for.</param>
    /// <param name="octets">At least one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when none came free for 10 s.</returns>
    public ValueTask<bool> TakeAsync(TenantId tenant, long octets, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(octets);
        lock (gate)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(holdings, tenant, out _);
            var queue = waiting.Find(tenant);
            if (queue is null && PayloadShare.Allows(held, octets, available))
            {
                held += octets;
                available -= octets;
                return new(true);
            }

            queue ??= waiting.Add(tenant, held);
            return new(WaitAsync(queue, queue.Waiters.AddLast(new PayloadWaiter(octets)), cancellationToken));
        }
    }

    /// <summary>Gives octets of a tenant back and lets those who wait go on.</summary>
    public void Return(TenantId tenant, long octets)
    {
        lock (gate)
        {
            available += octets;
            ref var held = ref CollectionsMarshal.GetValueRefOrNullRef(holdings, tenant);
            held -= octets;
            if (waiting.Find(tenant) is { } queue)
                waiting.Move(queue, held);
            else if (held == 0)
                holdings.Remove(tenant);
            Serve();
        }
    }

    private async Task<bool> WaitAsync(TenantQueue queue, LinkedListNode<PayloadWaiter> node, CancellationToken cancellationToken)
    {
        try
        {
            await node.Value.Taken.Task.WaitAsync(MaxWait, time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            var late = GiveUp(queue, node);
            if (exception is TimeoutException)
                return late;
            if (late)
                Return(queue.Tenant, node.Value.Octets);
            throw;
        }
    }

    // Returns whether the octets had been taken for it in the meantime.
    private bool GiveUp(TenantQueue queue, LinkedListNode<PayloadWaiter> node)
    {
        lock (gate)
        {
            if (node.List is null)
                return true;
            Leave(queue, node);
            if (queue.Held == 0 && queue.Waiters.Count == 0)
                holdings.Remove(queue.Tenant);
            Serve(); // it may have been the one that held up its tenant's others
            return false;
        }
    }

    // One's taking makes everybody's share smaller, so who comes next is found anew.
    private void Serve()
    {
        while (waiting.Next(available) is { } queue)
        {
            var first = queue.Waiters.First!;
            available -= first.Value.Octets;
            holdings[queue.Tenant] += first.Value.Octets;
            waiting.Move(queue, holdings[queue.Tenant]);
            Leave(queue, first);
            first.Value.Taken.SetResult();
        }
    }

    private void Leave(TenantQueue queue, LinkedListNode<PayloadWaiter> node)
    {
        queue.Waiters.Remove(node);
        if (queue.Waiters.Count == 0)
            waiting.Remove(queue);
    }
}
