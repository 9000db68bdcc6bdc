using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Opens packs that no head describes.</summary>
internal static class PackFile
{
    /// <summary>A pack's directory; null when it can't be read.</summary>
    public static async ValueTask<IReadOnlyList<PackMailbox>?> TryReadDirectoryAsync(IObjectStore store, StoredItem pack, CancellationToken cancellationToken)
    {
        using var cache = new PackBlockCache(0);
        try
        {
            var reader = await PackReader.OpenAsync(store, pack.Path, pack.Length, cache, cancellationToken);
            return await reader.ReadDirectoryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is PackDamagedException or FileNotFoundException)
        {
            return null;
        }
    }
}
