using OrleansMail.Storage;
using OrleansMail.Storage.AzureBlobs;

namespace OrleansMail.Server.Hosting.Storage;

/// <summary>Opens the store in an Azure Blob service.</summary>
internal static class BlobStore
{
    /// <summary>Opens the container <c>orleansmail</c>, made if absent.</summary>
    /// <param name="connection">A connection string, or an https URL for a managed identity.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StartupException">The connection is none.</exception>
    public static async Task<IObjectStore> OpenAsync(string connection, CancellationToken cancellationToken)
    {
        try
        {
            return await AzureBlobObjectStore.OpenAsync(new AzureBlobStoreOptions { Connection = connection }, TimeProvider.System, cancellationToken);
        }
        catch (FormatException exception)
        {
            throw new StartupException($"OrleansMail:Storage:Connection is not acceptable: {exception.Message} It is set by --storage.", ExitCodes.Usage, exception);
        }
    }
}
