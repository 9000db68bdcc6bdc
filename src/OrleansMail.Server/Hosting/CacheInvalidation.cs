using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api;
using OrleansMail.Server.Gateway.Recipients;
using OrleansMail.Server.Keys;

namespace OrleansMail.Server.Hosting;

/// <summary>A change made through this silo's API is in force at its gateway at once.</summary>
internal sealed class CacheInvalidation(ResolutionCache cache, TenantKeyDirectory keys) : IProvisioningObserver
{
    /// <inheritdoc/>
    public void Changed(TenantId tenant, DomainName? domain)
    {
        if (domain is { } name)
        {
            cache.InvalidateOwner(name);
        }
        else
        {
            cache.InvalidateOwners();
            keys.Forget();
        }

        cache.InvalidateTenant(tenant);
    }
}
