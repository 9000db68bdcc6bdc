using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Partitions;

/// <summary>A partition's checkpoint as this owner last read or wrote it. One change at a time; another owner's makes ours fail.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly IObjectStore store;
    private readonly string path;
    private readonly SemaphoreSlim gate = new(1);
    private string etag;
    private volatile Checkpoint current;
    private bool isOwner;

    private CheckpointFile(IObjectStore store, string path, Checkpoint current, string etag) =>
        (this.store, this.path, this.current, this.etag) = (store, path, current, etag);

    /// <summary>What it says.</summary>
    public Checkpoint Current => current;

    /// <summary>Reads a partition's checkpoint, or makes it; null when another owner made it at the same moment.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The partition's.</param>
    /// <param name="create">Gives that of a partition that has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The store can't be used now, or the checkpoint is damaged.</exception>
    public static async ValueTask<CheckpointFile?> OpenAsync(
        IObjectStore store, string folder, Func<CancellationToken, ValueTask<Checkpoint>> create, CancellationToken cancellationToken)
    {
        var path = Checkpoint.PathOf(folder);
        if (await store.ReadValueAsync(path, cancellationToken) is { } found)
            return new CheckpointFile(store, path, Checkpoint.Parse(found.Value.Span, path), found.ETag);
        var created = await create(cancellationToken);
        try
        {
            return new CheckpointFile(store, path, created, await store.WriteValueAsync(path, created.Encode(), ifMatch: null, cancellationToken));
        }
        catch (StoreConflictException)
        {
            return null;
        }
    }

    /// <summary>Makes it this owner's; false when another owner changed it since it was read: nothing that was read with it counts then.</summary>
    public async ValueTask<bool> TryOwnAsync(uint epoch, CancellationToken cancellationToken) =>
        isOwner = await TryChangeAsync(c => c with { Epoch = epoch, ClosedFor = null }, cancellationToken);

    /// <summary>Changes it; false when another owner did.</summary>
    /// <exception cref="StoreUnavailableException">It may be changed or not: the next change tells.</exception>
    public async ValueTask<bool> TryChangeAsync(Func<Checkpoint, Checkpoint> change, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var next = change(current);
            if (await WriteAsync(next, cancellationToken) is not { } written)
                return false;
            (etag, current) = (written, next);
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async ValueTask<string?> WriteAsync(Checkpoint next, CancellationToken cancellationToken)
    {
        var value = next.Encode();
        try
        {
            return await store.WriteValueAsync(path, value, etag, cancellationToken);
        }
        catch (StoreConflictException)
        {
            return await FindOwnAsync(value, cancellationToken);
        }
    }

    // An earlier try of ours may have been written though its answer was lost: this one, or one that was given up.
    private async ValueTask<string?> FindOwnAsync(byte[] value, CancellationToken cancellationToken)
    {
        if (await store.ReadValueAsync(path, cancellationToken) is not { } found)
            return null;
        if (found.Value.Span.SequenceEqual(value))
            return found.ETag;
        if (!isOwner || Checkpoint.Parse(found.Value.Span, path).Epoch != current.Epoch)
            return null;
        try
        {
            return await store.WriteValueAsync(path, value, found.ETag, cancellationToken);
        }
        catch (StoreConflictException)
        {
            return null;
        }
    }
}
