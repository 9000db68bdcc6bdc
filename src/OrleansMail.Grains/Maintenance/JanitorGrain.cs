using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Maintenance;

/// <inheritdoc cref="IJanitorGrain"/>
[KeepAlive]
internal sealed partial class JanitorGrain(TenantWalk walk, TimeProvider time, IOptions<MailGrainOptions> options, ILogger<JanitorGrain> logger)
    : Grain, IJanitorGrain, IDisposable
{
    private readonly CancellationTokenSource ending = new();
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
    public async ValueTask<MaintenanceWalk> WalkAsync() => await BeginAsync();

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ending.CancelAsync();
        if (running is not null)
            await Task.WhenAny(running).WaitAsync(cancellationToken);
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
