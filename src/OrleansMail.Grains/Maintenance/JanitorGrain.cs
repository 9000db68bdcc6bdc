using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Maintenance;

/// <inheritdoc cref="IJanitorGrain"/>
[KeepAlive]
internal sealed partial class JanitorGrain(TenantWalk walk, TimeProvider time, IOptions<MailGrainOptions> options, ILogger<JanitorGrain> logger)
    : Grain, IJanitorGrain, IDisposable
{
    private const int MaxDue = 1000; // more than that the next walk over all of them does

    private readonly CancellationTokenSource ending = new();
    private readonly HashSet<TenantId> due = [];
    private Task? visiting;
    private Task<MaintenanceWalk>? running;
    private long? begunAt;

    /// <inheritdoc/>
    public ValueTask VisitAsync()
    {
        if (running is null or { IsCompleted: true } && (begunAt is not { } at || time.GetElapsedTime(at) >= options.Value.MaintainEvery))
            BeginAsync().Ignore();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask VisitTenantAsync(TenantId tenant)
    {
        if (due.Count < MaxDue)
            due.Add(tenant);
        if (visiting is null or { IsCompleted: true })
            visiting = VisitDueAsync();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<MaintenanceWalk> WalkAsync() => await BeginAsync();

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ending.CancelAsync();
        foreach (var task in (Task?[])[running, visiting])
        {
            if (task is not null)
                await Task.WhenAny(task).WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ending.Dispose();

    private Task<MaintenanceWalk> BeginAsync()
    {
        if (running is { IsCompleted: false })
            return running;
        begunAt = time.GetTimestamp();
        return running = RunAsync();
    }

    // One after the other; what fails is logged by the walk and left to the next one.
    private async Task VisitDueAsync()
    {
        while (due.Count > 0 && !ending.IsCancellationRequested)
        {
            var tenant = due.First();
            due.Remove(tenant);
            await walk.RunAsync(tenant, ending.Token);
        }
    }

    private async Task<MaintenanceWalk> RunAsync()
    {
        try
        {
            return await walk.RunAsync(ending.Token);
        }
        catch (Exception exception) when (!ending.IsCancellationRequested)
        {
            Log.WalkFailed(logger, exception);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The walk over all tenants broke off; the next one begins anew.", EventName = "MaintenanceBrokeOff")]
        public static partial void WalkFailed(ILogger logger, Exception exception);
    }
}
