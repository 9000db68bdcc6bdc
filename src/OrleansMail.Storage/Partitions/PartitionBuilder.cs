using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Puts the parts of an open partition together.</summary>
internal sealed class PartitionBuilder(
    IObjectStore store, PartitionId id, string folder, PartitionOptions options, PackBlockCache blocks, MessageSeal seal, TimeProvider time, PartitionMetrics metrics, ILogger logger)
{
    /// <summary>Starts a partition whose log is fenced and whose index is recovered.</summary>
    public Partition Build(CommitLog log, CheckpointFile checkpoint, LogList logs, PartitionIndex index, RepeatWindow repeats)
    {
        var context = new PartitionContext(store, id, folder, log.Epoch, options, time, metrics, logger);
        var former = new BatchFormer(index, repeats, metrics, time);
        var writer = new PartitionWriter(id, folder, log, logs, index, former, store, options, time, logger);
        var heads = new HeadStore(store, id.Generation);
        var pages = new MailboxPages(store, blocks);
        var packs = new PackCatalog(store, blocks, metrics);
        var loader = new DomainLoader(index, heads, pages, id.Generation, time);
        var reader = new DomainReader(index, loader, new PackedMessages(packs, seal, id, metrics, logger), new MessageReader(store, seal, id, metrics, logger));
        var reaper = new FileReaper(context, checkpoint);
        var builder = new PackBuilder(store, packs, log.Epoch, options.MaxPackBytes);
        var editor = new DomainEditor(loader, heads, pages, packs, index, reaper, context);
        var demultiplexer = new Demultiplexer(context, checkpoint, logs, index, new DomainFlush(editor, index, builder), builder, writer, reaper);
        foreach (var prefix in checkpoint.Current.Ended)
            reaper.LaterAll(prefix);
        var upkeep = new PartitionUpkeep(context, writer, logs, index, checkpoint, demultiplexer, reaper, new LogSweep(checkpoint, reaper, context));
        return new Partition(id, writer, index, loader, reader, new DomainMaintenance(editor, index, builder, packs, new OrphanSweep(index, reader, reaper, context), context), upkeep, seal, time);
    }
}
