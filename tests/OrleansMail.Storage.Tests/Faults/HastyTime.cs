namespace OrleansMail.Storage.Tests.Faults;

/// <summary>A clock by which short waits are over at once and long or periodic ones never: second tries come without delay, and nothing times out.</summary>
internal sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime < Short && period == Timeout.InfiniteTimeSpan && dueTime != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
