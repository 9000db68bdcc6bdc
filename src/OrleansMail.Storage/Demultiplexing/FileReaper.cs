using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Deletes files that nothing refers to any more, a while after that, since readers may still be at them. What it does not get to is found by a sweep.
/// </summary>
internal sealed partial class FileReaper(PartitionContext context)
{
    private readonly ConcurrentQueue<(string Path, long Due)> later = new();

    /// <summary>A file that readers may still be at.</summary>
    public void Later(string path) => later.Enqueue((path, context.Time.GetTimestamp() + (long)(context.Options.Grace.TotalSeconds * context.Time.TimestampFrequency)));

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

        return deleted;
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
