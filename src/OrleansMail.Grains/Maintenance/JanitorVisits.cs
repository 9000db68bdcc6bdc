using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts;

namespace OrleansMail.Grains.Maintenance;

/// <summary>Calls the janitor every minute from each silo: it works without traffic, and begins anew elsewhere when its silo is gone.</summary>
internal sealed partial class JanitorVisits(IGrainFactory grains, TimeProvider time, ILogger<JanitorVisits> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await VisitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task VisitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetJanitor().VisitAsync().AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotReached(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The janitor could not be called; the next try is in a minute: {Problem}", EventName = "JanitorNotReached")]
        public static partial void NotReached(ILogger logger, string problem);
    }
}
