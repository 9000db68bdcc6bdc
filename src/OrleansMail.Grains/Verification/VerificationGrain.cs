using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.State;
using OrleansMail.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Verification;

namespace OrleansMail.Grains.Verification;

/// <inheritdoc cref="IVerificationGrain"/>
[KeepAlive]
internal sealed partial class VerificationGrain : Grain, IVerificationGrain, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private readonly GrainDocument<VerificationState> document;
    private readonly IObjectStore store;
    private readonly MailGrainOptions options;
    private readonly VerificationMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<VerificationGrain> logger;
    private readonly TenantKeyring? keyring;
    private readonly CancellationTokenSource stop = new();
    private Task pass = Task.CompletedTask;

    /// <summary>Created by Orleans.</summary>
    public VerificationGrain(
        [FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage, IObjectStore store, IOptions<MailGrainOptions> options, VerificationMetrics metrics, TimeProvider time,
        ILogger<VerificationGrain> logger, TenantKeyring? keyring = null)
    {
        (this.store, this.options, this.metrics, this.time, this.logger, this.keyring) = (store, options.Value, metrics, time, logger, keyring);
        document = new(storage, GrainStorageNames.Verification, this.GetGrainId());
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (options.VerifyEvery > TimeSpan.Zero)
            this.RegisterGrainTimer(BeginAsync, new GrainTimerCreationOptions(Tick, Tick) { KeepAlive = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await pass;
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    /// <inheritdoc/>
    public ValueTask StartAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask<VerificationStatus> GetStatusAsync()
    {
        var state = await document.ReadAsync();
        return new VerificationStatus(state.CompletedAt, state.Mismatches, !pass.IsCompleted);
    }

    // The pass takes days of a large store: it runs beside the grain, which has nothing else to do.
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!pass.IsCompleted)
            return;
        try
        {
            var state = await document.ReadAsync();
            if (state.CompletedAt is { } completed)
                metrics.Completed(completed);
            if (state.Position is not null || state.CompletedAt is null || time.GetUtcNow() - state.CompletedAt >= options.VerifyEvery)
                pass = Task.Run(RunAsync, CancellationToken.None);
        }
        catch (StoreUnavailableException exception)
        {
            Log.Interrupted(logger, exception);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await new VerificationPass(store, document, options, metrics, time, logger, keyring).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next activation goes on where the position was stored last.
        }
        catch (Exception exception)
        {
            Log.Interrupted(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The verification of the store was interrupted; it goes on in a minute.", EventName = "VerificationInterrupted")]
        public static partial void Interrupted(ILogger logger, Exception exception);
    }
}
