using OrleansMail.Contracts.Storage;
using Orleans.Storage;

namespace OrleansMail.Grains.State;

/// <summary>
/// One stored value of a grain, read at the first use: a store that is away fails calls and not activations. Readers see a change
/// once it is stored. After a write that failed, memory knows nothing: whether it reached the store is read from there.
/// </summary>
/// <remarks>Used by one activation: reads may interleave, writes take turns.</remarks>
internal sealed class GrainDocument<T>(IGrainStorage storage, string name, GrainId grain) where T : class, new()
{
    private GrainState<T>? current;
    private Task<GrainState<T>>? reading;

    /// <summary>Whether the value read last is stored.</summary>
    public bool Exists => current?.RecordExists ?? false;

    /// <summary>The value; a new one when nothing is stored.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<T> ReadAsync() => current is { } known ? new(known.State!) : new(LoadAsync());

    /// <summary>Replaces the value.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be written, or another activation wrote it: whether it is stored is unknown.</exception>
    public async Task WriteAsync(T value)
    {
        await ReadAsync();
        var next = new GrainState<T>(value, current!.ETag) { RecordExists = current.RecordExists };
        await ChangeAsync(() => storage.WriteStateAsync(name, grain, next));
        current = next;
    }

    /// <summary>Removes the value.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public async Task ClearAsync()
    {
        await ReadAsync();
        if (!current!.RecordExists)
            return;
        var last = new GrainState<T>(new(), current.ETag) { RecordExists = true };
        await ChangeAsync(() => storage.ClearStateAsync(name, grain, last));
        current = null; // what a provider leaves of the ETag is its own affair
    }

    private async Task<T> LoadAsync()
    {
        var task = reading ??= LoadCoreAsync();
        try
        {
            return (await task).State!;
        }
        finally
        {
            if (ReferenceEquals(reading, task))
                reading = null;
        }
    }

    private async Task<GrainState<T>> LoadCoreAsync()
    {
        var state = new GrainState<T>(new());
        await StoreFailures.TranslateAsync(() => storage.ReadStateAsync(name, grain, state));
        state.State ??= new();
        return current ??= state;
    }

    private async Task ChangeAsync(Func<Task> change)
    {
        try
        {
            await StoreFailures.TranslateAsync(change);
        }
        catch
        {
            current = null;
            throw;
        }
    }
}
