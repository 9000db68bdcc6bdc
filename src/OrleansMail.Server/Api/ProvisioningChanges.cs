using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api;

/// <summary>Tells every observer of a change.</summary>
internal sealed class ProvisioningChanges(IEnumerable<IProvisioningObserver> observers)
{
    private readonly IProvisioningObserver[] observers = [.. observers];

    /// <inheritdoc cref="IProvisioningObserver.Changed"/>
    public void Publish(TenantId tenant, DomainName? domain)
    {
        foreach (var observer in observers)
            observer.Changed(tenant, domain);
    }
}
