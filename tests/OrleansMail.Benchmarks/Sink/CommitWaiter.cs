using System.Threading.Tasks.Sources;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>Lets one session wait for its commit, again and again without allocating.</summary>
internal sealed class CommitWaiter : IValueTaskSource
{
    // The thread that syncs must not run sessions.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };

    /// <summary>Begins the next wait; call it before the payload is handed over.</summary>
    public ValueTask NextAsync()
    {
        _source.Reset();
        return new ValueTask(this, _source.Version);
    }

    /// <summary>Ends the wait.</summary>
    public void Complete(Exception? error)
    {
        if (error is null)
            _source.SetResult(true);
        else
            _source.SetException(error);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
