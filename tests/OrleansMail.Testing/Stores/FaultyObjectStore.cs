using System.Runtime.CompilerServices;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>
/// One process's view of a store, with faults in all its operations. Several views of one store are several owners; when one
/// dies, the store behind it holds what a survivor would find. Disposing leaves the store behind it alone.
/// </summary>
public sealed class FaultyObjectStore(IObjectStore inner) : IObjectStore
{
    /// <summary>What goes wrong, and what happened.</summary>
    public StoreScript Script { get; } = new();

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <inheritdoc/>
    public ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(StoreOperationKind.Read, path, () => inner.ReadValueAsync(path, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        var kept = value.ToArray();
        return AskAsync(StoreOperationKind.Write, path, () => inner.WriteValueAsync(path, kept, ifMatch, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken) =>
        await AskAsync(StoreOperationKind.Delete, path, () => Done(inner.DeleteAsync(path, ifMatch, CancellationToken.None)), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await AskAsync(StoreOperationKind.List, prefix, () => ValueTask.FromResult(true), cancellationToken);
        await foreach (var item in inner.ListAsync(prefix, after, cancellationToken))
            yield return item;
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken) => new(new FaultyObjectWriter(this, path, inner));

    /// <inheritdoc/>
    public async ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken) =>
        await AskAsync(StoreOperationKind.Copy, destination, () => Done(inner.CopyObjectAsync(source, destination, CancellationToken.None)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken) =>
        AskAsync(StoreOperationKind.Read, path, () => inner.OpenReadAsync(path, offset, length, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken) => new FaultyAppendLog(
        this, await AskAsync(StoreOperationKind.Create, path, () => inner.CreateLogAsync(path, CancellationToken.None), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken) => new FaultyAppendLog(
        this, await AskAsync(StoreOperationKind.Open, path, () => inner.OpenLogAsync(path, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken)
    {
        var (operation, fault) = await Script.DecideAsync(StoreOperationKind.Room, "", cancellationToken);
        if (fault is StoreFault.Full)
            return false;
        ThrowUnlessDone(operation, fault);
        return await inner.HasRoomAsync(octets, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static async ValueTask<bool> Done(ValueTask task)
    {
        await task;
        return true;
    }

    /// <summary>Does an operation, or not, as the script decides. A mutation must not hear of the caller's token: what was sent may be done.</summary>
    internal async ValueTask<T> AskAsync<T>(StoreOperationKind kind, string path, Func<ValueTask<T>> apply, CancellationToken cancellationToken)
    {
        var (operation, fault) = await Script.DecideAsync(kind, path, cancellationToken);
        if (fault is StoreFault.Late && operation.IsMutation)
            Script.Postpone(async () => await apply());
        if (fault > StoreFault.DiesAfter || fault is StoreFault.DiesBefore)
            await Script.FinishAsync(operation, fault, cancellationToken);
        ThrowUnlessDone(operation, fault);
        var result = await apply();
        await Script.FinishAsync(operation, fault, cancellationToken);
        return result;
    }

    private static void ThrowUnlessDone(StoreOperation operation, StoreFault fault)
    {
        if (fault is StoreFault.None or StoreFault.LostAnswer or StoreFault.DiesAfter)
            return;
        var message = $"{operation.Kind} of {operation.Path}: {fault}, as the test wants it.";
        throw fault is StoreFault.Full && operation.Kind > StoreOperationKind.Room ? new StoreFullException(message) : new StoreUnavailableException(message);
    }
}
