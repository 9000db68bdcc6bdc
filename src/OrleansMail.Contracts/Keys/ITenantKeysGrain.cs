using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Contracts.Keys;

/// <summary>The API keys of a tenant. Key: the tenant's id. Rarely asked, never on the path of a message.</summary>
[Alias("orleansmail.tenant-keys")]
public interface ITenantKeysGrain : IGrainWithStringKey
{
    /// <summary>The most keys of one tenant. Expired ones make room for new ones.</summary>
    const int MaxKeys = 1000;

    /// <summary>Makes a key for a secret that only the caller knows.</summary>
    /// <returns>
    /// Created; or ParentNotFound, Invalid, or LimitReached. After an exception the key may be listed; it can be deleted, and its secret
    /// is told to nobody.
    /// </returns>
    [Alias("create")]
    ValueTask<ChangeResult<ApiKey>> CreateAsync(ApiKeyHash hash, ApiKeySettings settings, CancellationToken cancellationToken);

    /// <summary>A key, also when it has expired; null when the tenant has none of that id.</summary>
    [Alias("get")]
    ValueTask<Versioned<ApiKey>?> GetAsync(Ulid id, CancellationToken cancellationToken);

    /// <summary>The tenant's keys behind <paramref name="after"/>, the oldest first; null when there is no such tenant.</summary>
    [Alias("list")]
    ValueTask<Page<ApiKey>?> ListAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Ends a key and forgets it; no error when the tenant has none of that id.</summary>
    [Alias("delete")]
    ValueTask<ChangeStatus> DeleteAsync(Ulid id, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Ends and forgets all keys of a tenant that is being deleted.</summary>
    [Alias("clear")]
    ValueTask ClearAsync(CancellationToken cancellationToken);
}
