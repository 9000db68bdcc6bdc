using System.Runtime.CompilerServices;

namespace OrleansMail.Storage.Verification;

/// <summary>Goes through what tenants have in a store, domain by domain, in the order of paths.</summary>
internal static class StoreWalk
{
    private const char Last = '~'; // behind every character that a path may have

    /// <summary>The domains, and the files that are in none.</summary>
    /// <param name="store">The store.</param>
    /// <param name="after">The end of what was gone through before; null from the beginning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The first path of a domain, or that of another file; the domain; and where to go on behind it.</returns>
    public static async IAsyncEnumerable<(string Path, DomainFolder? Domain, string End)> ReadAsync(
        IObjectStore store, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await store.ListAsync("t/", after, cancellationToken).FirstOrDefaultAsync(cancellationToken) is { } item)
        {
            var folder = DomainFolder.Of(item.Path);
            after = folder is { } domain ? domain.Prefix + Last : item.Path;
            yield return (item.Path, folder, after);
        }
    }
}
