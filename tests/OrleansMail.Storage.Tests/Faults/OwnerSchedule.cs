using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>
/// Takes the store operations of several owners one at a time, in the order that a test chooses: each owner is held at its next operation until it is
/// its turn, for as long as that takes. What an owner does beside its log, demultiplexing, is held as well, each operation in its turn.
/// </summary>
internal sealed class OwnerSchedule
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource<StoreFault>>[] held;
    private readonly bool[] done;
    private TaskCompletionSource? quiet;
    private bool free;

    public OwnerSchedule(int owners)
    {
        held = [.. Enumerable.Range(0, owners).Select(_ => new Queue<TaskCompletionSource<StoreFault>>())];
        done = new bool[owners];
    }

    /// <summary>Holds all operations of a store as those of an owner.</summary>
    public void Hold(FaultyObjectStore store, int owner) => store.Script.Decide = (_, _) =>
    {
        lock (gate)
        {
            if (free)
                return ValueTask.FromResult(StoreFault.None);
            var turn = new TaskCompletionSource<StoreFault>(TaskCreationOptions.RunContinuationsAsynchronously);
            held[owner].Enqueue(turn);
            Signal();
            return new ValueTask<StoreFault>(turn.Task);
        }
    };

    /// <summary>Nothing more comes of an owner.</summary>
    public void Finished(int owner)
    {
        lock (gate)
        {
            done[owner] = true;
            Signal();
        }
    }

    /// <summary>Waits until each owner is held or finished, and lets one go on.</summary>
    /// <param name="preferred">Which, if it is held; otherwise the next one that is.</param>
    /// <param name="fault">What its operation meets.</param>
    /// <returns>False when all have finished.</returns>
    public async Task<bool> StepAsync(int preferred, StoreFault fault)
    {
        await QuietAsync();
        lock (gate)
        {
            for (var i = 0; i < held.Length; i++)
            {
                var owner = (preferred + i) % held.Length;
                if (!held[owner].TryDequeue(out var turn))
                    continue;
                turn.SetResult(fault);
                return true;
            }
        }

        return false;
    }

    /// <summary>Holds nobody any longer.</summary>
    public void LetGo()
    {
        lock (gate)
        {
            free = true;
            foreach (var turn in held.SelectMany(static h => h))
                turn.TrySetResult(StoreFault.None);
        }
    }

    private Task QuietAsync()
    {
        lock (gate)
        {
            quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Signal();
            return quiet.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private void Signal()
    {
        for (var owner = 0; owner < held.Length; owner++)
        {
            if (held[owner].Count == 0 && !done[owner])
                return;
        }

        quiet?.TrySetResult();
    }
}
