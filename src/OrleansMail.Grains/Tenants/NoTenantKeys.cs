using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Tenants;

/// <summary>Where the host has no keys of tenants.</summary>
internal sealed class NoTenantKeys : ITenantKeys
{
    /// <inheritdoc/>
    public ValueTask CreateAsync(Incarnation tenant, string keyEncryptionKey, CancellationToken cancellationToken) =>
        throw new TenantKeyUnavailableException("This server does not seal mail: no keys of tenants are set up.");

    /// <inheritdoc/>
    public ValueTask ShredAsync(Incarnation tenant, CancellationToken cancellationToken) => default;
}
