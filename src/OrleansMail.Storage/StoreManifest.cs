using System.Text.Json;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage;

/// <summary>What a store says of itself in its value <c>manifest</c>: its format and number of partitions, fixed when it is made.</summary>
/// <param name="Format">The version of everything in it.</param>
/// <param name="Partitions">How many partition logs it has.</param>
/// <param name="Generation">Raised when the number of partitions is changed.</param>
public sealed record StoreManifest(int Format, int Partitions, int Generation)
{
    /// <summary>The name of the store that tenants share.</summary>
    public const string DefaultStore = "default";

    private const string Path = "manifest";
    private const int CurrentFormat = 1;

    /// <summary>Reads the manifest, or makes it when the store is new.</summary>
    /// <param name="store">The store.</param>
    /// <param name="partitions">The number of partitions of a new one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read, or is of a format this version does not know.</exception>
    public static async Task<StoreManifest> OpenAsync(IObjectStore store, int partitions, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.ReadValueAsync(Path, cancellationToken) is { } stored)
                return Parse(store, stored.Value.Span);
            var manifest = new StoreManifest(CurrentFormat, partitions, 1);
            try
            {
                await store.WriteValueAsync(Path, JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web), ifMatch: null, cancellationToken);
                return manifest;
            }
            catch (StoreConflictException)
            {
                // Another silo made it first: read that one.
            }
        }
    }

    /// <summary>Reads the manifest; null when there is none.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    internal static async ValueTask<StoreManifest?> TryReadAsync(IObjectStore store, CancellationToken cancellationToken) =>
        await store.ReadValueAsync(Path, cancellationToken) is { } stored ? Parse(store, stored.Value.Span) : null;

    private static StoreManifest Parse(IObjectStore store, ReadOnlySpan<byte> value)
    {
        StoreManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<StoreManifest>(value, JsonSerializerOptions.Web);
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException($"The manifest of {store.Description} is damaged.", exception);
        }

        return manifest is { Format: CurrentFormat, Partitions: > 0 }
            ? manifest
            : throw new StoreUnavailableException($"{store.Description} is of format {manifest?.Format}; this version knows format {CurrentFormat}.");
    }
}
