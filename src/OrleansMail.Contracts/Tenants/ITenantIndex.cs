using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Contracts.Tenants;

/// <summary>Lists the tenants that exist, from the store's own listing: no directory to rewrite as they grow.</summary>
public interface ITenantIndex
{
    /// <summary>Tenants behind <paramref name="after"/>, in order of their names.</summary>
    ValueTask<Page<TenantId>> ListAsync(string? after, int limit, CancellationToken cancellationToken);
}
