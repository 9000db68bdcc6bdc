using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Reads the store's manifest at the first use and keeps it: a store that is away then fails calls, not the silo's start.</summary>
internal sealed class StoreManifestReader(IObjectStore store, IOptions<MailGrainOptions> options)
{
    private volatile StoreManifest? manifest;

    /// <summary>The manifest as it was last read.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<StoreManifest> GetAsync(CancellationToken cancellationToken) =>
        manifest is { } known ? new(known) : new(ReadAsync(cancellationToken));

    /// <summary>Reads it again.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    // Several calls may read it at once: whichever ends last, a generation is never gone back from.
    public async Task<StoreManifest> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await StoreManifest.OpenAsync(store, options.Value.Partitions ?? options.Value.DefaultPartitions, cancellationToken);
        var known = manifest;
        return manifest = known is not null && known.Generation > read.Generation ? known : read;
    }
}
