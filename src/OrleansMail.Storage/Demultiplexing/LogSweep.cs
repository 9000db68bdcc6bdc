using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Finds what an earlier owner of a partition left behind when it died: logs before the checkpoint, and files of carried records and repeats that it does not name. Once for
/// each opening.
/// </summary>
internal sealed class LogSweep(CheckpointFile checkpoint, FileReaper reaper, PartitionContext context)
{
    /// <summary>Hands what is left over to the reaper.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        // As it is now: whatever is written later is none of an earlier owner's.
        var (current, now) = (checkpoint.Current, context.Time.GetUtcNow());
        if (!LogName.TryParse(current.First, out var first))
            return;
        await foreach (var item in context.Store.ListAsync(context.Folder, after: null, cancellationToken))
        {
            var name = item.Path[context.Folder.Length..];
            if (now - item.LastModified >= context.Options.Grace && IsLeftover(name, first, current))
                reaper.Later(item.Path);
        }
    }

    private static bool IsLeftover(string name, LogName first, Checkpoint checkpoint)
    {
        if (LogName.TryParse(name, out var log))
            return log.Ordinal < first.Ordinal;
        return (PartitionFolder.IsCarried(name) && !checkpoint.Carried.Contains(name)) || (PartitionFolder.IsRepeats(name) && checkpoint.Repeats != name);
    }
}
