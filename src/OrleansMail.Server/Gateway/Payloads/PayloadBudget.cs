using Microsoft.Extensions.Options;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>
/// The octets of payload that all sessions together may hold. A session that gets none waits, so it stops reading, and the
/// client is slowed down by TCP.
/// </summary>
internal sealed class PayloadBudget(IOptions<GatewayOptions> options, TimeProvider time)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = [];
    private long available = options.Value.PayloadBudget;

    /// <summary>Octets that can be taken now.</summary>
    public long Available
    {
        get
        {
            lock (gate)
                return available;
        }
    }

    /// <summary>Takes octets, in order of asking; they are given back by <see cref="Return"/>.</summary>
    /// <returns>False when none came free for 10 s.</returns>
    public ValueTask<bool> TakeAsync(long octets, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (waiters.Count == 0 && available >= octets)
            {
                available -= octets;
                return new(true);
            }

            var waiter = new Waiter(octets);
            return new(WaitAsync(waiters.AddLast(waiter), cancellationToken));
        }
    }

    /// <summary>Gives octets back and lets those who wait go on.</summary>
    public void Return(long octets)
    {
        lock (gate)
        {
            available += octets;
            Serve();
        }
    }

    private async Task<bool> WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        try
        {
            await node.Value.Taken.Task.WaitAsync(MaxWait, time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            var late = GiveUp(node);
            if (exception is TimeoutException)
                return late;
            if (late)
                Return(node.Value.Octets);
            throw;
        }
    }

    // Returns whether the octets had been taken for it in the meantime.
    private bool GiveUp(LinkedListNode<Waiter> node)
    {
        lock (gate)
        {
            if (node.List is null)
                return true;
            waiters.Remove(node);
            Serve(); // it may have been the one that held up the others
            return false;
        }
    }

    private void Serve()
    {
        while (waiters.First is { } first && first.Value.Octets <= available)
        {
            available -= first.Value.Octets;
            waiters.RemoveFirst();
            first.Value.Taken.SetResult();
        }
    }

    private sealed class Waiter(long octets)
    {
        public long Octets { get; } = octets;

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
