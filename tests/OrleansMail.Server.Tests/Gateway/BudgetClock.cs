using Microsoft.Extensions.Time.Testing;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A clock that tells when somebody begins to wait for the payload budget.</summary>
internal sealed class BudgetClock : FakeTimeProvider
{
    private readonly TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waiting => waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == TimeSpan.FromSeconds(10))
            waiting.TrySetResult();
        return timer;
    }
}
