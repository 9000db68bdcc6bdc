using Microsoft.Extensions.Hosting;

namespace OrleansMail.Smtp.Hosting;

/// <summary>Ends the sessions in order before the host stops its listeners, while what deliveries need still runs.</summary>
internal sealed class SmtpServerDrain(SmtpServer server, TimeProvider time) : IHostedLifecycleService
{
    private static readonly TimeSpan MaxTransactions = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxTransactions, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await server.DrainAsync(either.Token);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
