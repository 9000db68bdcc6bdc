using System.Collections.Concurrent;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>
/// Decides what happens to each operation of a <see cref="FaultyObjectStore"/>, and remembers what did. By default nothing goes wrong.
/// A decision may be awaited: an operation is slow or hangs for as long as the test does not answer. Safe to use from any thread.
/// </summary>
public sealed class StoreScript
{
    private readonly ConcurrentQueue<(StoreOperation Operation, StoreFault Fault)> history = new();
    private readonly ConcurrentQueue<Func<Task>> late = new();
    private readonly ConcurrentDictionary<string, bool> poisoned = new(StringComparer.Ordinal);
    private int operations;
    private int mutations;
    private volatile bool dying;
    private readonly TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Asked before each operation, with the token of its caller. Null: no faults.</summary>
    public Func<StoreOperation, CancellationToken, ValueTask<StoreFault>>? Decide { get; set; }

    /// <summary>Awaited when an operation was done, before its caller is told.</summary>
    public Func<StoreOperation, CancellationToken, ValueTask>? Done { get; set; }

    /// <summary>What happened, in the order in which it was decided.</summary>
    public IReadOnlyList<(StoreOperation Operation, StoreFault Fault)> History => [.. history];

    /// <summary>Operations that changed what is stored, or were to.</summary>
    public int Mutations => Volatile.Read(ref mutations);

    /// <summary>Whether the process that used this store is gone: every operation fails.</summary>
    public bool IsDead => dying;

    /// <summary>Completes when the process that used this store is gone; what it waits for it may wait for in vain.</summary>
    public Task Died => died.Task;

    /// <summary>Ends the process at its n-th mutation from the beginning, with what is then left of it; nothing else goes wrong.</summary>
    /// <param name="mutation">From 1.</param>
    /// <param name="how">One of the faults by which a process dies.</param>
    public void DieAt(int mutation, StoreFault how) =>
        Decide = (operation, _) => ValueTask.FromResult(operation.Mutation == mutation ? how : StoreFault.None);

    /// <summary>Has the oldest request that is late arrive; its answer interests nobody any more.</summary>
    /// <returns>False when none is on its way.</returns>
    public async Task<bool> DeliverLateAsync()
    {
        if (!late.TryDequeue(out var request))
            return false;
        try
        {
            await request();
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OrleansMail.Storage.StoreConflictException or FileNotFoundException)
        {
            // It came too late, as it may.
        }

        return true;
    }

    internal async ValueTask<(StoreOperation Operation, StoreFault Fault)> DecideAsync(StoreOperationKind kind, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDead();
        var mutation = StoreOperation.Changes(kind) ? Interlocked.Increment(ref mutations) : 0;
        var operation = new StoreOperation(Interlocked.Increment(ref operations), mutation, kind, path);
        var fault = Decide is { } decide ? await decide(operation, cancellationToken) : StoreFault.None;
        ThrowIfDead();
        history.Enqueue((operation, fault));
        if (fault >= StoreFault.DiesBefore)
            dying = true;
        return (operation, fault);
    }

    internal async ValueTask FinishAsync(StoreOperation operation, StoreFault fault, CancellationToken cancellationToken)
    {
        if (Done is { } done)
            await done(operation, cancellationToken);
        if (fault is StoreFault.LostAnswer)
            throw new StoreUnavailableException($"The answer to the {operation.Kind} of {operation.Path} is lost, as the test wants it.");
        ThrowIfDead();
    }

    internal void Postpone(Func<Task> request) => late.Enqueue(request);

    internal void Poison(string log) => poisoned[log] = true;

    internal bool IsPoisoned(string log) => poisoned.ContainsKey(log);

    private void ThrowIfDead()
    {
        if (!dying)
            return;
        died.TrySetResult();
        throw new StoreUnavailableException("The process is gone, as the test wants it.");
    }
}
