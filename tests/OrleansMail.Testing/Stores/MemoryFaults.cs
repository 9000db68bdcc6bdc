using OrleansMail.Contracts.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>What becomes of an append that had not completed when the power went.</summary>
public enum TornWrite
{
    /// <summary>None of it is there.</summary>
    Dropped,

    /// <summary>Its first half is there.</summary>
    Prefix,

    /// <summary>Other octets of the same length are there.</summary>
    Garbage,

    /// <summary>Its second half is there, behind zeros: a disk writes in any order.</summary>
    Suffix,

    /// <summary>All of it is there, though nobody was told.</summary>
    Whole,
}

/// <summary>What happens to one append.</summary>
public enum AppendFault
{
    /// <summary>Nothing is written; the answer is that the store can't be reached.</summary>
    Unavailable,

    /// <summary>It is written, but the answer is that the store can't be reached.</summary>
    LostAnswer,

    /// <summary>Half of it is written and the medium is not to be trusted any more.</summary>
    Poisoned,

    /// <summary>Nothing is written: there is no room.</summary>
    Full,
}

/// <summary>The faults of a <see cref="MemoryObjectStore"/>. Safe to change while it is used.</summary>
public sealed class MemoryFaults
{
    private readonly Lock gate = new();
    private readonly Queue<AppendFault?> appends = [];
    private readonly Dictionary<string, int> operations = [];
    private TaskCompletionSource? held;
    private TaskCompletionSource arrived = NewSignal();
    private volatile bool dead;

    /// <summary>Every operation fails.</summary>
    public bool Unavailable { get; set; }

    /// <summary>Every write fails for want of room, and <c>HasRoomAsync</c> says so.</summary>
    public bool Full { get; set; }

    /// <summary>The next append of any log meets this; null lets one pass. Calls queue up.</summary>
    public void NextAppend(AppendFault? fault)
    {
        lock (gate)
            appends.Enqueue(fault);
    }

    /// <summary>Holds appends where they are written but not durable, until the result is disposed.</summary>
    public IDisposable HoldAppends()
    {
        lock (gate)
        {
            held ??= NewSignal();
            arrived = NewSignal();
            return new Release(this);
        }
    }

    /// <summary>Completes when an append is being held.</summary>
    public Task AppendHeld
    {
        get
        {
            lock (gate)
                return arrived.Task;
        }
    }

    /// <summary>How often an operation was asked for: <c>append</c>, <c>read</c>, <c>write</c>, <c>create</c>, <c>open</c>, <c>list</c>, …</summary>
    public int Count(string operation)
    {
        lock (gate)
            return operations.GetValueOrDefault(operation);
    }

    internal void PowerIsCut() => dead = true;

    internal async ValueTask ReadAsync(string operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Tally(operation);
        await Task.CompletedTask;
        ThrowIfUnavailable();
    }

    internal async ValueTask WriteAsync(string operation, long octets, CancellationToken cancellationToken)
    {
        await ReadAsync(operation, cancellationToken);
        if (Full && octets >= 0)
            throw new StoreFullException("Full, as the test wants it.");
    }

    internal void AfterWrite(string operation)
    {
        if (dead)
            throw new StoreUnavailableException($"The power went during a {operation}.");
    }

    internal AppendFault? TakeAppendFault()
    {
        Tally("append");
        ThrowIfUnavailable();
        if (Full)
            return AppendFault.Full;
        lock (gate)
            return appends.TryDequeue(out var fault) ? fault : null;
    }

    internal Task WaitWhileHeldAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (held is null)
                return Task.CompletedTask;
            arrived.TrySetResult();
            return held.Task.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void ThrowIfUnavailable()
    {
        if (Unavailable || dead)
            throw new StoreUnavailableException("Unavailable, as the test wants it.");
    }

    private void Tally(string operation)
    {
        lock (gate)
            operations[operation] = operations.GetValueOrDefault(operation) + 1;
    }

    private sealed class Release(MemoryFaults faults) : IDisposable
    {
        public void Dispose()
        {
            lock (faults.gate)
            {
                faults.held?.TrySetResult();
                faults.held = null;
            }
        }
    }
}
