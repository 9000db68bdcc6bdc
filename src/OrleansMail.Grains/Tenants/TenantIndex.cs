using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tenants;

/// <summary>Lists the values that tenant grains are stored in. A tenant's name is its own path segment: no character of it needs escaping.</summary>
internal sealed class TenantIndex(IObjectStore store) : ITenantIndex
{
    private const string Prefix = "state/" + GrainStorageNames.Tenant + "/";

    /// <inheritdoc/>
    public async ValueTask<Page<TenantId>> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        limit = Paging.Clamp(limit);
        var found = new List<TenantId>();
        await foreach (var item in store.ListAsync(Prefix, after is null ? null : Prefix + after, cancellationToken))
        {
            if (TenantId.TryParse(item.Path[Prefix.Length..], out var tenant))
                found.Add(tenant);
            if (found.Count > limit)
                break;
        }

        return Paging.Cut(found, limit, t => t.Value);
    }
}
