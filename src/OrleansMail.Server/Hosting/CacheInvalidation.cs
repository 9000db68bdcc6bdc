using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api;
using OrleansMail.Server.Gateway.Recipients;

namespace OrleansMail.Server.Hosting;

/// <summary>A change made through this silo's API is in force at its gateway at once.</summary>
internal sealed class CacheInvalidation(ResolutionCache cache) : IProvisioningObserver
{
    /// <inheritdoc/>
    public void Changed(TenantId tenant, DomainName? domain)
    {
        if (domain is { } name)
            cache.InvalidateOwner(name);
        else
            cache.InvalidateOwners();
        cache.InvalidateTenant(tenant);
    }
}
