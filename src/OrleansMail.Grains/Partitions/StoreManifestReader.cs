using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Reads the store's manifest at the first use and keeps it: a store that is away then fails calls, not the silo's start.</summary>
internal sealed class StoreManifestReader(IObjectStore store, IOptions<MailGrainOptions> options)
{
    private StoreManifest? manifest;

    /// <summary>The manifest.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<StoreManifest> GetAsync(CancellationToken cancellationToken) =>
        manifest is { } known ? new(known) : new(ReadAsync(cancellationToken));

    // Several calls may read it at once: each reads the same.
    private async Task<StoreManifest> ReadAsync(CancellationToken cancellationToken) =>
        manifest = await StoreManifest.OpenAsync(store, options.Value.Partitions, cancellationToken);
}
