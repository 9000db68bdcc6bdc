namespace OrleansMail.Contracts.Storage;

/// <summary>The data keys of tenants whose mail is sealed.</summary>
public interface ITenantKeys
{
    /// <summary>Makes a tenant's first data key, wrapped by a key encryption key.</summary>
    /// <param name="tenant">The tenant, which has none.</param>
    /// <param name="keyEncryptionKey">The name of the key that wraps, such as <c>file:acme</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TenantKeyUnavailableException">The key encryption key can't be had; nothing was stored. The message is for the operator.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be written.</exception>
    ValueTask CreateAsync(Incarnation tenant, string keyEncryptionKey, CancellationToken cancellationToken);

    /// <summary>Deletes a tenant's data keys for good, and with them all that they sealed; no error when it has none.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be written.</exception>
    ValueTask ShredAsync(Incarnation tenant, CancellationToken cancellationToken);
}
