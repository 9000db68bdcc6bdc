using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Tenants;

/// <summary>Where the host has nothing but the store that tenants share.</summary>
internal sealed class NoTenantStores : ITenantStores
{
    /// <inheritdoc/>
    public ValueTask SetAsync(Incarnation tenant, TenantStoreSettings? settings, CancellationToken cancellationToken) =>
        settings is null ? default : throw new NotSupportedException("This server keeps all mail in one store.");
}
