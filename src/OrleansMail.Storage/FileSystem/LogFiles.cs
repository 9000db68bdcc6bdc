using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>The log files in use: one for all handles to the same path.</summary>
internal sealed class LogFiles(Action<SafeFileHandle> sync) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LogFile> open = new(StringComparer.Ordinal);

    // A poisoned log stays so however often it is opened; a failing disk poisons a handful before it is seen to.
    private readonly Dictionary<string, Exception> poisons = new(StringComparer.Ordinal);

    /// <summary>Makes a log's file and the first handle to it.</summary>
    public FileAppendLog Create(string path, string file)
    {
        lock (gate)
            return Share(LogFile.Create(path, file, sync));
    }

    /// <summary>Opens a log's file, or shares it when it is open.</summary>
    public FileAppendLog Open(string path, string file)
    {
        lock (gate)
        {
            if (!open.TryGetValue(path, out var log))
            {
                log = LogFile.Open(path, file, sync);
                log.Poison = poisons.GetValueOrDefault(path);
            }

            return Share(log);
        }
    }

    /// <summary>Takes a handle back; the last one closes the file.</summary>
    public void Release(LogFile log)
    {
        lock (gate)
        {
            if (log.Poison is { } poison)
                poisons[log.Path] = poison;
            if (--log.Handles > 0)
                return;
            if (open.GetValueOrDefault(log.Path) == log)
                open.Remove(log.Path);
            log.Dispose();
        }
    }

    /// <summary>A log's file was deleted: the path may be used again.</summary>
    public void Forget(string path)
    {
        lock (gate)
        {
            open.Remove(path);
            poisons.Remove(path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var log in open.Values)
                log.Dispose();
            open.Clear();
        }
    }

    private FileAppendLog Share(LogFile log)
    {
        log.Handles++;
        open[log.Path] = log;
        return new FileAppendLog(this, log);
    }
}
