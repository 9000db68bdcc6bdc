using Microsoft.Win32.SafeHandles;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>The syncs of a folder's logs, of which one can be held: what comes meanwhile is one batch.</summary>
internal sealed class HeldSync : IDisposable
{
    private readonly ManualResetEventSlim open = new(initialState: true);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

    /// <summary>Completes when a sync is held.</summary>
    public Task Held => held.Task;

    /// <summary>Syncs that have begun.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Syncs a log's file.</summary>
    public void Run(SafeFileHandle file)
    {
        Interlocked.Increment(ref count);
        if (!open.IsSet)
            held.TrySetResult();
        open.Wait();
        DurableFile.SyncData(file);
    }

    /// <summary>Holds the next one.</summary>
    public void Hold() => open.Reset();

    /// <summary>Lets it go on.</summary>
    /// <returns>How many have begun.</returns>
    public int Release()
    {
        var begun = Count;
        open.Set();
        return begun;
    }

    public void Dispose() => open.Dispose();
}
