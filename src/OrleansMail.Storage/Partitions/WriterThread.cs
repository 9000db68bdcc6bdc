using System.Collections.Concurrent;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// One thread that runs an asynchronous loop and everything it awaits: appends to a folder block in fsync, which must not hold up the
/// thread pool.
/// </summary>
internal sealed class WriterThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> work = [];

    /// <summary>Runs a loop to its end.</summary>
    /// <param name="loop">Never throws.</param>
    /// <param name="name">Names the thread.</param>
    /// <returns>Completes when the loop has ended.</returns>
    public static Task Run(Func<Task> loop, string name)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => new WriterThread().Pump(loop, ended)) { Name = name, IsBackground = true };
        thread.Start();
        return ended.Task;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            work.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The loop has ended: whatever still completes is finished elsewhere.
            ThreadPool.QueueUserWorkItem(static job => job.Item1(job.Item2), (d, state), preferLocal: false);
        }
    }

    private void Pump(Func<Task> loop, TaskCompletionSource ended)
    {
        SetSynchronizationContext(this);
        var task = loop();
        task.ContinueWith(_ => work.CompleteAdding(), TaskScheduler.Default);
        foreach (var (callback, state) in work.GetConsumingEnumerable())
            callback(state);
        ended.SetResult();
    }
}
