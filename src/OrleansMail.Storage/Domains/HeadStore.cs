using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Domains;

/// <summary>A head as it is in the store.</summary>
/// <param name="Head">It; an empty one when the domain has none yet.</param>
/// <param name="ETag">Its ETag; null when it does not exist yet.</param>
internal sealed record StoredHead(DomainHead Head, string? ETag);

/// <summary>Reads and writes the heads of domains.</summary>
internal sealed class HeadStore(IObjectStore store, int generation)
{
    /// <summary>Reads a domain's head.</summary>
    /// <exception cref="HeadDamagedException">It can't be used.</exception>
    public async ValueTask<StoredHead> ReadAsync(DomainKey domain, CancellationToken cancellationToken)
    {
        var path = DomainPaths.Head(domain);
        if (await store.ReadValueAsync(path, cancellationToken) is not { } stored)
            return new StoredHead(DomainHead.Empty(domain, generation), null);
        var head = HeadCodec.Decode(stored.Value.Span, path);
        return head.Domain == domain
            ? new StoredHead(head, stored.ETag)
            : throw new HeadDamagedException($"The head '{path}' is another domain's.");
    }

    /// <summary>Writes a head in place of the one that was read; null when someone else wrote.</summary>
    public async ValueTask<StoredHead?> WriteAsync(StoredHead old, DomainHead head, CancellationToken cancellationToken)
    {
        var path = DomainPaths.Head(head.Domain);
        var value = HeadCodec.Encode(head);
        try
        {
            return new StoredHead(head, await store.WriteValueAsync(path, value, old.ETag, cancellationToken));
        }
        catch (StoreConflictException)
        {
            // An earlier try of ours may have been written though its answer was lost.
            var found = await store.ReadValueAsync(path, cancellationToken);
            return found is not null && found.Value.Span.SequenceEqual(value) ? new StoredHead(head, found.ETag) : null;
        }
    }
}
