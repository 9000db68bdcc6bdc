using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <inheritdoc cref="IPartitionChangeGrain"/>
[KeepAlive, Reentrant]
internal sealed partial class PartitionChangeGrain(IObjectStore store, IGrainFactory grains, ILogger<PartitionChangeGrain> logger) : Grain, IPartitionChangeGrain
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(30);
    private readonly PartitionChanges changes = new(store);
    private int? wanted;
    private IGrainTimer? timer; // as long as there may be something to do

    /// <inheritdoc/>
    public ValueTask ChangeAsync(int partitions)
    {
        wanted = partitions;
        Start();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ResumeAsync()
    {
        Start();
        return ValueTask.CompletedTask;
    }

    private void Start() => timer ??= this.RegisterGrainTimer(RunAsync, TimeSpan.Zero, TryAgain);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ChangeAsync(cancellationToken))
            {
            }

            timer?.Dispose();
            timer = null;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            Log.NotChanged(logger, exception, this.GetPrimaryKeyString());
        }
    }

    // Returns whether there may be more to do.
    private async Task<bool> ChangeAsync(CancellationToken cancellationToken)
    {
        if (await StoreManifest.ReadAsync(store, cancellationToken) is not { } manifest)
            return false;
        if (wanted is { } partitions)
            manifest = await changes.BeginAsync(partitions, cancellationToken);
        if (manifest.Next is { } change)
        {
            manifest = await CloseAsync(manifest, change, cancellationToken);
            Log.Changed(logger, this.GetPrimaryKeyString(), manifest.Previous, manifest.Partitions, manifest.Generation);
        }

        if (manifest.Generation > 1)
            await FinishAsync(manifest, cancellationToken);
        return wanted is { } number && number != manifest.Partitions;
    }

    // What can be brought into packs beforehand is: the partitions are closed for no longer than the rest takes, and either all are or none.
    private async Task<StoreManifest> CloseAsync(StoreManifest manifest, PartitionChange change, CancellationToken cancellationToken)
    {
        try
        {
            await ForAllAsync(manifest, p => p.FlushAsync(cancellationToken));
            await ForAllAsync(manifest, p => p.CloseAsync(change.Number, cancellationToken));
        }
        catch
        {
            await changes.AbandonAsync(change, CancellationToken.None);
            throw;
        }

        return await changes.CompleteAsync(change, cancellationToken);
    }

    private async Task FinishAsync(StoreManifest manifest, CancellationToken cancellationToken)
    {
        if (await changes.FindLeftoversAsync(manifest, cancellationToken) is not { Count: > 0 } leftovers)
            return;
        await ForAllAsync(manifest, p => p.OpenAsync(cancellationToken));
        await changes.DeleteAsync(leftovers, cancellationToken);
    }

    private Task ForAllAsync(StoreManifest manifest, Func<IPartitionGrain, ValueTask> call) =>
        Task.WhenAll(Enumerable.Range(0, manifest.Partitions).Select(n => call(grains.GetPartition(new PartitionId(this.GetPrimaryKeyString(), n, manifest.Generation))).AsTask()));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The store '{Store}' had {Before} partitions and has {Partitions}; generation {Generation}.", EventName = "PartitionsChanged")]
        public static partial void Changed(ILogger logger, string store, int before, int partitions, int generation);

        [LoggerMessage(LogLevel.Error, "Whether the store '{Store}' is to have another number of partitions could not be found out, or brought about; it is tried again.", EventName = "PartitionsNotChanged")]
        public static partial void NotChanged(ILogger logger, Exception exception, string store);
    }
}
