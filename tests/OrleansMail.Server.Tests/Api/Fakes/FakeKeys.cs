using System.Collections.Concurrent;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api.Fakes;

/// <summary>The keys of a tenant; tenant <c>full</c> has all that it may have.</summary>
internal sealed class FakeKeys(FakeCluster cluster, string tenant) : ITenantKeysGrain
{
    private readonly ConcurrentDictionary<string, (ApiKey Key, ApiKeyHash Hash)> keys = new();

    private bool Exists => cluster.Tenant(tenant).Exists;

    public ValueTask<ChangeResult<ApiKey>> CreateAsync(ApiKeyHash hash, ApiKeySettings settings, CancellationToken cancellationToken)
    {
        if (!Exists)
            return new(new ChangeResult<ApiKey>(ChangeStatus.ParentNotFound));
        if (tenant == "full")
            return new(new ChangeResult<ApiKey>(ChangeStatus.LimitReached));
        if (settings.Name.Length is 0 or > 100)
            return new(new ChangeResult<ApiKey>(ChangeStatus.Invalid, Field: "name", Problem: "1 to 100 characters."));
        if (settings.ExpiresAt <= TimeProvider.System.GetUtcNow())
            return new(new ChangeResult<ApiKey>(ChangeStatus.Invalid, Field: "expiresAt", Problem: "A time in the future."));
        var key = new ApiKey(Ulid.NewUlid(), settings, TimeProvider.System.GetUtcNow());
        keys[key.Id.ToString()] = (key, hash);
        cluster.Secrets[hash.Value] = new(TenantId.Parse(tenant), default, key);
        return new(new ChangeResult<ApiKey>(ChangeStatus.Created, Show(key)));
    }

    public ValueTask<Versioned<ApiKey>?> GetAsync(Ulid id, CancellationToken cancellationToken) =>
        new(Exists && keys.TryGetValue(id.ToString(), out var found) ? Show(found.Key) : null);

    public ValueTask<Page<ApiKey>?> ListAsync(string? after, int limit, CancellationToken cancellationToken) =>
        new(Exists ? Paging.Behind(keys.Keys, after, limit, id => keys[id].Key) : null);

    public ValueTask<ChangeStatus> DeleteAsync(Ulid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var known = keys.TryGetValue(id.ToString(), out var found);
        if (ifMatch is not null && (!known || ifMatch != Show(found.Key).Version))
            return new(ChangeStatus.VersionMismatch);
        if (keys.TryRemove(id.ToString(), out found))
            cluster.Secrets.TryRemove(found.Hash.Value, out _);
        return new(ChangeStatus.Deleted);
    }

    public ValueTask ClearAsync(CancellationToken cancellationToken) => throw new NotSupportedException("The API does not ask for it.");

    private static Versioned<ApiKey> Show(ApiKey key) => new(key, $"K-{key.Id}");
}

/// <summary>A secret, by its hash.</summary>
internal sealed class FakeKey(FakeCluster cluster, string hash) : IApiKeyGrain
{
    public ValueTask<TenantKey?> FindAsync(CancellationToken cancellationToken)
    {
        cluster.Lookups.Enqueue(hash);
        return new(cluster.Secrets.GetValueOrDefault(hash));
    }

    public ValueTask IssueAsync(TenantKey key) => throw new NotSupportedException("Only the list of keys does.");

    public ValueTask RevokeAsync() => throw new NotSupportedException("Only the list of keys does.");
}
