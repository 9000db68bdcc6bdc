using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Storage;

/// <summary>Which tenants have a store of their own, and how it is reached. Kept in the shared store; every silo sees a change.</summary>
public interface ITenantStores
{
    /// <summary>Sets how a tenant's store is reached, signature included; null when it has none of its own any more.</summary>
    /// <exception cref="NotSupportedException">This server keeps all mail in one store. The message is for the operator.</exception>
    /// <exception cref="StoreUnavailableException">The shared store can't be written.</exception>
    ValueTask SetAsync(Incarnation tenant, TenantStoreSettings? settings, CancellationToken cancellationToken);
}
