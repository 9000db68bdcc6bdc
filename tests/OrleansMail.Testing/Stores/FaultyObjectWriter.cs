using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>
/// Streams an object through a <see cref="FaultyObjectStore"/>: it is there with its commit, or not at all. A commit that arrives late finds its octets though its
/// writer is gone, as those of a service do.
/// </summary>
internal sealed class FaultyObjectWriter(FaultyObjectStore store, string path, IObjectStore inner) : IObjectWriter
{
    private readonly MemoryStream staged = new();

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await store.AskAsync(StoreOperationKind.Stage, path, () => Stage(data), cancellationToken);

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        var octets = staged.ToArray();
        await store.AskAsync(StoreOperationKind.Commit, path, () => FaultyObjectStore.Done(CommitAsync(octets)), cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<bool> Stage(ReadOnlyMemory<byte> data)
    {
        staged.Write(data.Span);
        return new(true);
    }

    private async ValueTask CommitAsync(byte[] octets)
    {
        await using var writer = await inner.CreateObjectAsync(path, CancellationToken.None);
        await writer.WriteAsync(octets, CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
    }
}
