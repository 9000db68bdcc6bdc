using System.Text.Json;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.GrainState;

/// <summary>
/// Grain state as JSON values of a store, guarded by their ETags. The path has the state's name and the grain's key, not its type:
/// grain types that share a state name share states.
/// </summary>
/// <remarks>
/// Errors: <see cref="InconsistentStateException"/> when someone else wrote (Orleans then deactivates the grain, which reads again);
/// <see cref="StoreUnavailableException"/> when the store fails, after which the write may or may not have happened.
/// </remarks>
public sealed class ObjectGrainStorage(IObjectStore store, IActivatorProvider activators) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        var stored = await store.ReadValueAsync(path, CancellationToken.None);
        grainState.State = stored is null ? Create<T>() : Parse<T>(path, stored.Value.Span);
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored is not null;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        var value = JsonSerializer.SerializeToUtf8Bytes(grainState.State, JsonSerializerOptions.Web);
        try
        {
            grainState.ETag = await store.WriteValueAsync(path, value, grainState.ETag, CancellationToken.None);
            grainState.RecordExists = true;
        }
        catch (StoreConflictException exception)
        {
            throw Inconsistent(path, grainState.ETag, exception);
        }
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        try
        {
            if (grainState.ETag is not null)
                await store.DeleteAsync(path, grainState.ETag, CancellationToken.None);
            else if (await store.ReadValueAsync(path, CancellationToken.None) is not null)
                throw Inconsistent(path, grainState.ETag, null);
        }
        catch (StoreConflictException exception)
        {
            throw Inconsistent(path, grainState.ETag, exception);
        }

        grainState.State = Create<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string PathOf(string stateName, GrainId grainId) => GrainStatePaths.Of(stateName, grainId.Key.AsSpan());

    private static T Parse<T>(string path, ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(value, JsonSerializerOptions.Web)
                ?? throw new StoreUnavailableException($"The grain state '{path}' is empty.");
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException($"The grain state '{path}' is damaged.", exception);
        }
    }

    private static InconsistentStateException Inconsistent(string path, string? etag, Exception? exception) =>
        new($"The grain state '{path}' was written by someone else.", "unknown", etag ?? "none", exception!);

    private T Create<T>() => activators.GetActivator<T>().Create();
}
