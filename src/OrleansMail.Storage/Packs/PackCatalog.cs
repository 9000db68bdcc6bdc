using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Packs;

/// <summary>Opens packs of a store, through the cache.</summary>
internal sealed class PackCatalog(IObjectStore store, PackBlockCache cache, PartitionMetrics metrics)
{
    /// <summary>Opens a pack.</summary>
    /// <exception cref="FileNotFoundException">It is gone: the head that named it is outdated.</exception>
    /// <exception cref="PackDamagedException">It fails its check.</exception>
    public async ValueTask<PackReader> OpenAsync(DomainKey domain, PackRef pack, CancellationToken cancellationToken)
    {
        var path = pack.PathIn(domain);
        if (cache.Find<PackReader>(path, -1) is { } held)
            return held;
        metrics.Operation("read");
        var reader = await PackReader.OpenAsync(store, path, pack.Octets, cache, cancellationToken);
        if (reader.Trailer.DomainKey != domain)
            throw new PackDamagedException($"'{path}' is another domain's.");
        cache.Hold(path, -1, reader, reader.Memory);
        return reader;
    }
}
