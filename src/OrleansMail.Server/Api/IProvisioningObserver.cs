using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api;

/// <summary>Is told of each successful change before its caller gets the answer, so that it is in force at once on this silo.</summary>
internal interface IProvisioningObserver
{
    /// <summary>Something of a tenant changed.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="domain">The domain that changed or whose mailboxes or aliases did; null when the tenant itself did.</param>
    void Changed(TenantId tenant, DomainName? domain);
}
