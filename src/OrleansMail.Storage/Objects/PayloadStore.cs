using System.Globalization;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Objects;

/// <summary>Payload objects, <c>t/{tenant}/{domain}/obj/{id}</c>, and the reading of payloads in any store of the silo.</summary>
/// <param name="stores">The stores by name; new payloads go to <see cref="StoreManifest.DefaultStore"/>. Not owned.</param>
public sealed class PayloadStore(IReadOnlyDictionary<string, IObjectStore> stores) : IPayloadStore
{
    /// <summary>Payloads of the store that tenants share.</summary>
    public PayloadStore(IObjectStore store) : this(new Dictionary<string, IObjectStore> { [StoreManifest.DefaultStore] = store })
    {
    }

    private IObjectStore Default => stores[StoreManifest.DefaultStore];

    /// <inheritdoc/>
    public async ValueTask<IPayloadWriter> CreateAsync(Incarnation tenant, Incarnation domain, Ulid id, CancellationToken cancellationToken)
    {
        var path = PathOf(tenant, domain, id);
        return new PayloadWriter(path, await Default.CreateObjectAsync(path, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<string> CopyAsync(string path, Incarnation tenant, Incarnation domain, Ulid id, CancellationToken cancellationToken)
    {
        var copy = PathOf(tenant, domain, id);
        await Default.CopyObjectAsync(path, copy, cancellationToken);
        return copy;
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string path, CancellationToken cancellationToken) => Default.DeleteAsync(path, ifMatch: null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenReadAsync(PayloadLocation location, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, location.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!stores.TryGetValue(location.Store, out var store))
            throw new StoreUnavailableException($"The store '{location.Store}' is not open on this silo.");
        var wanted = Math.Min(length, location.Length - offset);
        if (InlinePayload.IsAt(location))
            return await OpenInlineAsync(store, location, offset, wanted, cancellationToken);
        try
        {
            if (location.Packed is { } packed)
                return new MemoryStream(await PackedPayloadReader.ReadAsync(store, location, packed, cancellationToken), (int)offset, (int)wanted, writable: false);
            return new PayloadStream(location.Path, await store.OpenReadAsync(location.Path, location.Offset + offset, wanted, cancellationToken), wanted);
        }
        catch (FileNotFoundException)
        {
            throw new PayloadDamagedException($"The payload in '{location.Path}' is missing.");
        }
    }

    // Small and with a checksum of its own: read whole, so that no octet is served that was not checked.
    private static async ValueTask<Stream> OpenInlineAsync(IObjectStore store, PayloadLocation location, long offset, long length, CancellationToken cancellationToken)
    {
        var raw = await InlinePayload.ReadAsync(store, location, cancellationToken);
        return new MemoryStream(raw.Array!, raw.Offset + (int)offset, (int)length, writable: false);
    }

    private static string PathOf(Incarnation tenant, Incarnation domain, Ulid id) =>
        string.Create(CultureInfo.InvariantCulture, $"t/{tenant}/{domain}/obj/{id}");
}
