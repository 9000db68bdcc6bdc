using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts;

namespace OrleansMail.Grains.Maintenance;

/// <summary>Has the janitor work without traffic: every silo calls it once a minute, so that it goes on when its own is lost.</summary>
internal sealed partial class JanitorKeeper(IGrainFactory grains, TimeProvider time, ILogger<JanitorKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await grains.GetJanitor().StartAsync();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Away(logger, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The janitor could not be reached; it is called again in a minute.", EventName = "JanitorAway")]
        public static partial void Away(ILogger logger, Exception exception);
    }
}
