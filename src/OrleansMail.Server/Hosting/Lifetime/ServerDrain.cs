using System.Diagnostics;
using System.Globalization;
using OrleansMail.Server.Api;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Lifetime;

/// <summary>
/// Ends the process in order: not ready, no new sessions, those inside a transaction finish; only then does Orleans stop, and its
/// partitions commit. Runs in <see cref="StoppingAsync"/>, which comes before any service is stopped.
/// </summary>
internal sealed class ServerDrain(SmtpServer server, SeenMarks marks, OrleansMailSettings settings) : IHostedLifecycleService, IReadiness
{
    private static readonly TimeSpan MaxTransactions = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxMarks = TimeSpan.FromSeconds(2);
    private long begun;

    /// <summary>Whether the process is ending.</summary>
    public bool HasBegun => begun != 0;

    /// <inheritdoc/>
    public string? NotReadyBecause => HasBegun ? "shutting down" : null;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        begun = Stopwatch.GetTimestamp();
        var sessions = server.Sessions;
        var transactions = server.Transactions;
        Say(sessions == 0 ? "Stopping: no sessions." : string.Create(CultureInfo.InvariantCulture, $"Stopping: {sessions} sessions, {transactions} of them in a transaction that may finish."));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Drain.Timeout < MaxTransactions ? settings.Drain.Timeout : MaxTransactions);
        await server.DrainAsync(limit.Token);
        if (limit.IsCancellationRequested)
            Say("Some transactions did not finish in time; their clients keep the messages.");
        await SendMarksAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"Stopped after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; all accepted mail is in the store."));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What clients have seen is told while there are grains to tell; a domain that does not answer holds nothing up.
    private async Task SendMarksAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MaxMarks);
        await marks.FlushAsync().WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void Say(string line) => Console.Out.WriteLine(line);
}
