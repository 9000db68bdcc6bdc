using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Deletes files that nothing refers to any more, a while after that, since readers may still be at them. What it does not get to is found by a sweep.
/// </summary>
internal sealed partial class FileReaper(PartitionContext context, CheckpointFile checkpoint)
{
    private readonly ConcurrentQueue<(string Path, long Due)> later = new();
    private readonly ConcurrentQueue<(string Prefix, long Due)> ended = new();

    /// <summary>A file that readers may still be at.</summary>
    public void Later(string path) => later.Enqueue((path, Due()));

    /// <summary>Everything under a prefix that the checkpoint names as ended.</summary>
    public void LaterAll(string prefix) => ended.Enqueue((prefix, Due()));

    /// <summary>A file that nobody has seen.</summary>
    public void Now(string path) => later.Enqueue((path, 0));

    /// <summary>Deletes what is due.</summary>
    /// <returns>How many files.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        var deleted = 0;
        for (var left = later.Count; left > 0 && later.TryDequeue(out var file); left--)
        {
            if (file.Due > context.Time.GetTimestamp())
                later.Enqueue(file);
            else if (await TryDeleteAsync(file.Path, cancellationToken))
                deleted++;
            else
                later.Enqueue(file);
        }

        for (var left = ended.Count; left > 0 && ended.TryDequeue(out var prefix); left--)
        {
            if (prefix.Due > context.Time.GetTimestamp())
                ended.Enqueue(prefix);
            else if (await TryDeleteAllAsync(prefix.Prefix, cancellationToken) is { } count)
                deleted += count;
            else
                ended.Enqueue(prefix);
        }

        return deleted;
    }

    private long Due()
    {
        var grace = context.Options.Grace < context.Options.DeleteWithin / 8 ? context.Options.Grace : context.Options.DeleteWithin / 8;
        return context.Time.GetTimestamp() + (long)(grace.TotalSeconds * context.Time.TimestampFrequency);
    }

    private async ValueTask<int?> TryDeleteAllAsync(string prefix, CancellationToken cancellationToken)
    {
        var deleted = 0;
        try
        {
            await foreach (var item in context.Store.ListAsync(prefix, after: null, cancellationToken))
            {
                if (!await TryDeleteAsync(item.Path, cancellationToken))
                    return null;
                deleted++;
            }

            await checkpoint.TryChangeAsync(c => c with { Ended = [.. c.Ended.Where(e => e != prefix)] }, cancellationToken);
            return deleted;
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotDeleted(context.Logger, exception, context.Partition, prefix);
            return null;
        }
    }

    private async ValueTask<bool> TryDeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            context.Metrics.Operation("delete");
            await context.Store.DeleteAsync(path, ifMatch: null, cancellationToken);
            context.Stepped(MaintenanceStep.FileDeleted);
            return true;
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotDeleted(context.Logger, exception, context.Partition, path);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: '{Path}' could not be deleted now; it is tried again.", EventName = "FileNotDeleted")]
        public static partial void NotDeleted(ILogger logger, Exception exception, PartitionId partition, string path);
    }
}
