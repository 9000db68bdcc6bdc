using System.Diagnostics.Metrics;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Api;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Stores;

namespace OrleansMail.Server.Hosting.Storage;

/// <summary>The store of this process, opened before anything else so that what is wrong with it is told at once.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private const int FolderPartitions = 1; // one disk, one sync
    private const int BlobPartitions = 8;
    private const long LeastRoom = 16 * 1024 * 1024; // beyond the volume's reserve: what a log makes ahead
    private readonly StorageSettings settings;
    private readonly CursorKey cursorKey;

    private OpenedStore(IObjectStore objects, StorageSettings settings, CursorKey cursorKey)
    {
        Objects = objects;
        this.settings = settings;
        this.cursorKey = cursorKey;
    }

    /// <summary>The store itself.</summary>
    public IObjectStore Objects { get; }

    /// <summary>Partition logs of a store that is made now, when the settings don't say.</summary>
    public int DefaultPartitions => IsFolder ? FolderPartitions : BlobPartitions;

    private bool IsFolder => settings.Connection is null;

    /// <summary>Opens the folder or the Blob service that the settings name.</summary>
    /// <exception cref="StoreUnavailableException">It can't be used; the message says why.</exception>
    public static async Task<OpenedStore> OpenAsync(StorageSettings settings, CancellationToken cancellationToken)
    {
        IObjectStore objects = settings.Connection is null
            ? FileSystemObjectStore.Open(Path.GetFullPath(settings.Data))
            : await BlobStore.OpenAsync(settings.Connection, cancellationToken);
        try
        {
            return new OpenedStore(objects, settings, await CursorKey.OpenAsync(objects, cancellationToken));
        }
        catch
        {
            await objects.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an operator should know of the store at the start; null when there is nothing.</summary>
    /// <exception cref="StoreUnavailableException">It can't be asked.</exception>
    public async ValueTask<string?> FindConcernAsync(CancellationToken cancellationToken) =>
        await Objects.HasRoomAsync(LeastRoom, cancellationToken)
            ? null
            : $"{Objects.Description} is full or nearly full: mail is deferred with 452 4.3.1 while there is no room. Make room; no restart is needed.";

    /// <summary>Registers the store and what lies directly on it.</summary>
    public void AddTo(IServiceCollection services, TimeSpan repeatWindow)
    {
        services.AddSingleton(Objects);
        services.AddSingleton<ICursorKey>(cursorKey);
        services.AddSingleton(new StoreRegistry(Objects, new StoreRegistryOptions { MaxOpen = settings.MaxTenantStores }, TimeProvider.System));
        services.AddSingleton<IObjectStores>(provider => provider.GetRequiredService<StoreRegistry>());
        services.AddSingleton<ITenantStores>(provider => provider.GetRequiredService<StoreRegistry>());
        var keys = new KeyEncryptionKeys(settings.Keys);
        services.AddSingleton(new TenantKeyring(Objects, keys, TimeProvider.System, new TenantKeyringOptions()));
        services.AddSingleton<ITenantKeys>(provider => provider.GetRequiredService<TenantKeyring>());
        services.AddSingleton<IPayloadStore>(provider => new PayloadStore(provider.GetRequiredService<IObjectStores>(), provider.GetRequiredService<TenantKeyring>()));
        var options = IsFolder ? PartitionOptions.ForFolder() : PartitionOptions.ForBlobs();
        options.RepeatWindow = repeatWindow;
        options.DeleteWithin = settings.DeleteWithin;
        options.Grace = settings.Grace;
        options.MaxLogBytes = settings.SegmentBytes;
        options.MemtableBytes = settings.MemtableBytes;
        options.IndexCacheBytes = settings.IndexCacheBytes;
        options.Linger = settings.Linger ?? options.Linger;
        options.Compress = settings.Compression == StorageCompression.Zstd;
        services.AddSingleton(options);
        services.AddSingleton<IPartitionFactory>(provider => new PartitionFactory(
            provider.GetRequiredService<IObjectStores>(),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TenantKeyring>()));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Objects.DisposeAsync();
}
