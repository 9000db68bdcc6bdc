using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Stores;

namespace OrleansMail.Storage.Partitions;

/// <inheritdoc cref="IPartitionFactory"/>
/// <param name="stores">The stores the partitions are in.</param>
/// <param name="options">How they use it.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">For what operators should know.</param>
/// <param name="meters">For the metrics; null when nobody listens.</param>
/// <param name="keyring">The keys of encrypted tenants; null where there are none.</param>
public sealed class PartitionFactory(
    IObjectStores stores, PartitionOptions options, TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters = null, TenantKeyring? keyring = null) : IPartitionFactory, IDisposable
{
    // Owners that open one partition at the same moment each begin anew when another was faster.
    private const int MaxAttempts = 100;
    private readonly PartitionMetrics metrics = new(meters);
    private readonly MessageSeal seal = new(keyring);
    private readonly PackBlockCache blocks = new(options.IndexCacheBytes);

    /// <summary>Partitions of the store that tenants share.</summary>
    public PartitionFactory(
        IObjectStore store, PartitionOptions options, TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters = null, TenantKeyring? keyring = null)
        : this(new SharedStore(store), options, time, loggers, meters, keyring)
    {
    }

    /// <inheritdoc/>
    public Task<IPartition> OpenAsync(PartitionId id, CancellationToken cancellationToken) =>
        Task.Run(() => OpenCoreAsync(id, cancellationToken), cancellationToken); // a scan would hold up the caller's scheduler

    /// <inheritdoc/>
    public void Dispose() => blocks.Dispose();

    private async Task<IPartition> OpenCoreAsync(PartitionId id, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<Partition>();
        var store = await stores.GetAsync(id.Store, cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await new PartitionOpener(store, id, options, blocks, seal, time, metrics, logger).TryOpenAsync(cancellationToken) is { } partition)
                return partition;
        }

        throw new StoreUnavailableException($"Partition {id} is opened by others again and again.");
    }
}
