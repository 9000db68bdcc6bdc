using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Storage.Objects;

/// <summary>Opens the store that the settings name. Whoever opens it disposes it, last of all.</summary>
public static class ObjectStores
{
    /// <summary>Opens a folder, made if absent, for this process alone.</summary>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreUnavailableException">It can't be made or written.</exception>
    public static IObjectStore OpenFolder(string folder) => FileSystemObjectStore.Open(folder);

    /// <summary>Opens a container of the Azure Blob service, made if absent.</summary>
    /// <param name="connection">A connection string, or an https address, which may name the container.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    /// <exception cref="StoreUnavailableException">The service can't be reached, or refuses.</exception>
    public static async Task<IObjectStore> OpenBlobsAsync(string connection, TimeProvider time, CancellationToken cancellationToken) =>
        await AzureBlobObjectStore.OpenAsync(new AzureBlobStoreOptions { Connection = connection }, time, cancellationToken);
}
