using OrleansMail.Server.Gateway.Recipients;

namespace OrleansMail.Server.Hosting.Lifetime;

/// <summary>Has the operator's mailbox made before anything listens. A store that is away does not stop the start: the first mail for it makes it then.</summary>
internal sealed partial class OperatorMailboxAtStart(OperatorMailboxKeeper keeper, ILogger<OperatorMailboxAtStart> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await keeper.EnsureAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotMade(logger, exception);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The operator's mailbox could not be made now; the first mail for it tries again.", EventName = "OperatorMailboxNotMade")]
        public static partial void NotMade(ILogger logger, Exception exception);
    }
}
