using OrleansMail.Contracts;

namespace OrleansMail.Storage.Encryption;

/// <summary>A key that never encrypts mail but the data keys of tenants; withdrawing it withdraws them.</summary>
public interface IKeyEncryptionKey
{
    /// <summary>Wraps a data key.</summary>
    /// <param name="tenant">Whose it is: where the algorithm can, it is bound to it.</param>
    /// <param name="key">32 octets.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Contracts.Storage.TenantKeyUnavailableException">The key can't be had.</exception>
    ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>Unwraps a data key; the caller zeroes it.</summary>
    /// <exception cref="Contracts.Storage.TenantKeyUnavailableException">The key can't be had, or is not the one that wrapped.</exception>
    ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken);
}

/// <summary>Finds key encryption keys by name.</summary>
public interface IKeyEncryptionKeys
{
    /// <summary>The key of a name such as <c>file:acme</c>; it need not exist until it is used.</summary>
    /// <exception cref="Contracts.Storage.TenantKeyUnavailableException">Nothing here knows names of that form.</exception>
    IKeyEncryptionKey Find(string name);
}
