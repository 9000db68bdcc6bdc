using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>The folder of a domain, as it is called by paths: its number is not among them.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Domain">The domain.</param>
internal readonly record struct DomainFolder(Incarnation Tenant, Incarnation Domain)
{
    /// <summary>The prefix of everything in it.</summary>
    public string Prefix => DomainPaths.Domain(Key);

    /// <summary>Its head.</summary>
    public string Head => DomainPaths.Head(Key);

    private DomainKey Key => new(Tenant, Domain, 0);

    /// <summary>Reads the beginning of a path; null when it is not in a domain's folder.</summary>
    public static DomainFolder? Of(string path)
    {
        var parts = path.Split('/', 4);
        return parts is ["t", var tenant, var domain, _] && Ulid.TryParse(tenant, out var t) && Ulid.TryParse(domain, out var d)
            ? new DomainFolder(new(t), new(d))
            : null;
    }
}

/// <summary>The files of a domain but for its large payloads.</summary>
/// <param name="Packs">Its packs.</param>
/// <param name="Pages">Its pages.</param>
internal sealed record DomainFiles(IReadOnlyList<StoredItem> Packs, IReadOnlyList<StoredItem> Pages)
{
    /// <summary>Lists them.</summary>
    public static async ValueTask<DomainFiles> ListAsync(IObjectStore store, DomainFolder folder, CancellationToken cancellationToken) => new(
        await store.ListAsync(folder.Prefix + "pack/", null, cancellationToken).ToListAsync(cancellationToken),
        await store.ListAsync(folder.Prefix + "page/", null, cancellationToken).ToListAsync(cancellationToken));
}
