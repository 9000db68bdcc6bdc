using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Stores;

namespace OrleansMail.Storage.Objects;

/// <summary>Payload objects, <c>t/{tenant}/{domain}/obj/{id}</c>, and the reading of payloads in any store of the silo.</summary>
/// <param name="stores">The stores by name. Not owned.</param>
/// <param name="keyring">The keys of encrypted tenants; null where there are none.</param>
public sealed class PayloadStore(IObjectStores stores, TenantKeyring? keyring = null) : IPayloadStore
{
    private readonly SealedPayloads sealedPayloads = new(keyring);

    /// <summary>Payloads of the store that tenants share.</summary>
    public PayloadStore(IObjectStore store, TenantKeyring? keyring = null) : this(new SharedStore(store), keyring)
    {
    }

    /// <inheritdoc/>
    public async ValueTask<IPayloadWriter> CreateAsync(PayloadObject target, CancellationToken cancellationToken)
    {
        var store = await stores.GetAsync(target.Store, cancellationToken);
        return new PayloadWriter(target.Path, target.Place.IsSealed
            ? await sealedPayloads.CreateAsync(store, target, cancellationToken)
            : await store.CreateObjectAsync(target.Path, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask CopyAsync(PayloadObject source, long length, PayloadObject target, CancellationToken cancellationToken)
    {
        var store = await stores.GetAsync(target.Store, cancellationToken);
        if (target.Place.IsSealed)
            await sealedPayloads.CopyAsync(store, source, length, target, cancellationToken);
        else
            await store.CopyObjectAsync(source.Path, target.Path, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(PayloadObject target, CancellationToken cancellationToken) =>
        await (await stores.GetAsync(target.Store, cancellationToken)).DeleteAsync(target.Path, ifMatch: null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenReadAsync(PayloadLocation location, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, location.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var store = await stores.GetAsync(location.Store, cancellationToken);
        var wanted = Math.Min(length, location.Length - offset);
        try
        {
            if (InlinePayload.IsAt(location))
                return await WholeAsync(await InlinePayload.ReadAsync(store, location, cancellationToken), location, offset, wanted, cancellationToken);
            if (location.Packed is { } packed)
                return await WholeAsync(await PackedPayloadReader.ReadAsync(store, location, packed, cancellationToken), location, offset, wanted, cancellationToken);
            return new PayloadStream(location.Path, location.SealedFor is { } domain
                ? await sealedPayloads.OpenObjectAsync(store, location, domain, offset, wanted, cancellationToken)
                : await store.OpenReadAsync(location.Path, location.Offset + offset, wanted, cancellationToken), wanted);
        }
        catch (FileNotFoundException)
        {
            throw new PayloadDamagedException($"The payload in '{location.Path}' is missing.");
        }
    }

    // Small and with a checksum of its own: read whole, so that no octet is served that was not checked.
    private async ValueTask<Stream> WholeAsync(ArraySegment<byte> stored, PayloadLocation location, long offset, long length, CancellationToken cancellationToken)
    {
        var raw = location.SealedFor is { } domain ? await sealedPayloads.OpenAsync(stored, location, domain, cancellationToken) : stored;
        return new MemoryStream(raw.Array!, raw.Offset + (int)offset, (int)length, writable: false);
    }
}
