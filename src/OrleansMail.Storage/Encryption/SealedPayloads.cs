using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>Payloads of encrypted tenants, whole and as objects.</summary>
internal sealed class SealedPayloads(TenantKeyring? keyring)
{
    private readonly MessageSeal seal = new(keyring);

    /// <summary>Starts an object that is sealed on its way.</summary>
    /// <exception cref="TenantKeyUnavailableException">The key can't be had; nothing was started.</exception>
    public async ValueTask<IObjectWriter> CreateAsync(IObjectStore store, PayloadObject target, CancellationToken cancellationToken)
    {
        using var keys = await seal.KeysAsync(target.Tenant, cancellationToken);
        var writer = await store.CreateObjectAsync(target.Path, cancellationToken);
        try
        {
            return new SealedObjectWriter(writer, keys, SealedIdentity.OfObject(target));
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Copies an object for another record; the sealing is that record's.</summary>
    /// <exception cref="TenantKeyUnavailableException">The key can't be had.</exception>
    /// <exception cref="FileNotFoundException">The source does not exist.</exception>
    public async ValueTask CopyAsync(IObjectStore store, PayloadObject source, long length, PayloadObject target, CancellationToken cancellationToken)
    {
        const int BufferSize = 64 * 1024;
        using var keys = await seal.KeysAsync(source.Tenant, cancellationToken);
        await using var content = await SealedObjectStream.OpenAsync(store, source.Path, length, 0, length, keys, SealedIdentity.OfObject(source), cancellationToken);
        await using var writer = await CreateAsync(store, target, cancellationToken);
        var buffer = new byte[BufferSize];
        while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        await writer.CommitAsync(cancellationToken);
    }

    /// <summary>Opens a payload that was read whole.</summary>
    /// <exception cref="PayloadDamagedException">It fails its check.</exception>
    /// <exception cref="TenantKeyUnavailableException">The key can't be had.</exception>
    public async ValueTask<byte[]> OpenAsync(ReadOnlyMemory<byte> stored, PayloadLocation location, DomainKey domain, CancellationToken cancellationToken)
    {
        using var keys = await seal.KeysAsync(domain.Tenant, cancellationToken);
        var payload = RecordSealer.Open(keys, stored.Span, SealedIdentity.OfPayload(domain, location.Record));
        return payload.Length == location.Length ? payload : throw new PayloadDamagedException($"The payload at {location.Offset} of {location.Path} has another length.");
    }

    /// <summary>Opens a range of an object.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async ValueTask<Stream> OpenObjectAsync(
        IObjectStore store, PayloadLocation location, DomainKey domain, long offset, long length, CancellationToken cancellationToken)
    {
        using var keys = await seal.KeysAsync(domain.Tenant, cancellationToken);
        return await SealedObjectStream.OpenAsync(
            store, location.Path, location.Length, offset, length, keys, SealedIdentity.OfObject(domain, location.Record), cancellationToken);
    }
}
