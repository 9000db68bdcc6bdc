using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// How a partition of a new generation begins: its record numbers and epochs go on above all of the generation before, so that what heads and packs say of
/// them stays in order, and it answers the repeats of what was recorded there.
/// </summary>
internal sealed class Handover(IObjectStore store, PartitionId id, PartitionOptions options, TimeProvider time)
{
    /// <summary>The checkpoint of a partition that has none yet.</summary>
    /// <exception cref="PartitionClosedException">It is of a generation that is not the store's.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be used now.</exception>
    public async ValueTask<Checkpoint> BeginAsync(CancellationToken cancellationToken)
    {
        if (id.Generation == 1)
            return Checkpoint.Create();
        var manifest = await StoreManifest.ReadAsync(store, cancellationToken);
        if (manifest?.Generation != id.Generation)
            throw new PartitionClosedException($"Partition {id} is of another generation than the store.");
        var repeats = new RepeatWindow(options.RepeatWindow, options.MaxRepeatKeys, time);
        var begin = Checkpoint.Create();
        for (var number = 0; number < manifest.Previous; number++)
        {
            var (folder, last) = await ReadAsync(number, cancellationToken);
            await RepeatFile.LoadAsync(store, folder, last.Repeats, repeats, cancellationToken);
            begin = begin with { LastRecord = Math.Max(begin.LastRecord, last.LastRecord), LastBatch = Math.Max(begin.LastBatch, last.LastBatch), Epoch = Math.Max(begin.Epoch, last.Epoch) };
        }

        return begin with { Repeats = await RepeatFile.WriteAsync(store, PartitionFolder.Of(id.Generation, id.Number), repeats.All(), cancellationToken) };
    }

    private async ValueTask<(string Folder, Checkpoint Checkpoint)> ReadAsync(int number, CancellationToken cancellationToken)
    {
        var folder = PartitionFolder.Of(id.Generation - 1, number);
        var path = Checkpoint.PathOf(folder);
        var stored = await store.ReadValueAsync(path, cancellationToken) ?? throw new StoreUnavailableException($"'{path}' of the generation before is missing.");
        return (folder, Checkpoint.Parse(stored.Value.Span, path));
    }
}
