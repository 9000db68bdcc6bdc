namespace OrleansMail.Storage.Partitions;

/// <summary>Opens logs that an earlier try or another owner may or may not have made.</summary>
internal static class LogOpener
{
    /// <summary>The log of a path, made when it does not exist.</summary>
    public static async ValueTask<IAppendLog> CreateOrOpenAsync(IObjectStore store, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await store.CreateLogAsync(path, cancellationToken);
        }
        catch (StoreConflictException)
        {
            return await store.OpenLogAsync(path, cancellationToken);
        }
    }

    /// <summary>The log of a path; null when it does not exist.</summary>
    public static async ValueTask<IAppendLog?> TryOpenAsync(IObjectStore store, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await store.OpenLogAsync(path, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
