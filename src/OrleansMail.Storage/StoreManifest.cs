using System.Text.Json;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage;

/// <summary>What a store says of itself in its value <c>manifest</c>: its format and its partitions.</summary>
/// <param name="Format">The version of everything in it.</param>
/// <param name="Partitions">How many partition logs it has.</param>
/// <param name="Generation">Raised when the number of partitions is changed.</param>
public sealed record StoreManifest(int Format, int Partitions, int Generation)
{
    /// <summary>The name of the store that tenants share.</summary>
    public const string DefaultStore = "default";

    /// <summary>The format that this version writes.</summary>
    public const int CurrentFormat = 2;

    private const int OldestFormat = 1;
    private const string Path = "manifest";

    /// <summary>How many partitions the generation before had; 0 in the first.</summary>
    public int Previous { get; init; }

    /// <summary>Changes of the number of partitions that were ever begun.</summary>
    public int Changes { get; init; }

    /// <summary>The change that is under way; null when none is.</summary>
    public PartitionChange? Next { get; init; }

    /// <summary>Reads the manifest, or makes it when the store is new; one of an older format becomes one of this, which older versions refuse.</summary>
    /// <param name="store">The store.</param>
    /// <param name="partitions">The number of partitions of a new one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read, or is of a format this version does not know.</exception>
    public static async Task<StoreManifest> OpenAsync(IObjectStore store, int partitions, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await store.ReadValueAsync(Path, cancellationToken);
            var found = stored is null ? null : Parse(store, stored.Value.Span);
            if (found is { Format: CurrentFormat })
                return found;
            var next = found is null ? new StoreManifest(CurrentFormat, partitions, 1) : found with { Format = CurrentFormat };
            if (await TryWriteAsync(store, next, stored?.ETag, cancellationToken))
                return next; // else another silo was first: read that one
        }
    }

    /// <summary>Reads the manifest; null when the store is new.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read, or is of a format this version does not know.</exception>
    public static async Task<StoreManifest?> ReadAsync(IObjectStore store, CancellationToken cancellationToken) =>
        await store.ReadValueAsync(Path, cancellationToken) is { } stored ? Parse(store, stored.Value.Span) : null;

    /// <summary>Changes the manifest, again on the newer one when someone else did.</summary>
    /// <param name="store">The store.</param>
    /// <param name="change">Makes the change; null or the same when there is nothing to change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The manifest as it is then.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be used now: it is changed or not.</exception>
    internal static async Task<StoreManifest> ChangeAsync(IObjectStore store, Func<StoreManifest, StoreManifest?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await store.ReadValueAsync(Path, cancellationToken) ?? throw new StoreUnavailableException($"{store.Description} has no manifest.");
            var found = Parse(store, stored.Value.Span);
            var next = change(found) ?? found;
            if (next == found || await TryWriteAsync(store, next, stored.ETag, cancellationToken))
                return next;
        }
    }

    private static async ValueTask<bool> TryWriteAsync(IObjectStore store, StoreManifest manifest, string? etag, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteValueAsync(Path, JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web), etag, cancellationToken);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

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

        return manifest is { Format: >= OldestFormat and <= CurrentFormat, Partitions: > 0, Generation: > 0 }
            ? manifest
            : throw new StoreUnavailableException($"{store.Description} is of format {manifest?.Format}; this version knows formats {OldestFormat} to {CurrentFormat}.");
    }
}

/// <summary>A change of the number of partitions.</summary>
/// <param name="Partitions">How many there will be.</param>
/// <param name="Number">Which change it is, from 1: what a partition was closed for.</param>
public sealed record PartitionChange(int Partitions, int Number);
