using System.Diagnostics;

namespace OrleansMail.Benchmarks.Load;

/// <summary>Numbers the messages of a load and says when there shall be no more.</summary>
internal sealed class LoadTicket(long messages, TimeSpan duration)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _next = -1;

    /// <summary>Takes the next number, from 0; false when the load is over.</summary>
    public bool TryTake(out long number)
    {
        number = Interlocked.Increment(ref _next);
        return (messages == 0 || number < messages) && (duration == TimeSpan.Zero || Stopwatch.GetElapsedTime(_began) < duration);
    }
}
