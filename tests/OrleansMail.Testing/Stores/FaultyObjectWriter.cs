using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>Streams an object through a <see cref="FaultyObjectStore"/>: it is there with its commit, or not at all.</summary>
internal sealed class FaultyObjectWriter(FaultyObjectStore store, string path, IObjectWriter inner) : IObjectWriter
{
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await store.AskAsync(StoreOperationKind.Stage, path, () => FaultyObjectStore.Done(inner.WriteAsync(data, cancellationToken)), cancellationToken);

    public async ValueTask CommitAsync(CancellationToken cancellationToken) =>
        await store.AskAsync(StoreOperationKind.Commit, path, () => FaultyObjectStore.Done(inner.CommitAsync(CancellationToken.None)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
