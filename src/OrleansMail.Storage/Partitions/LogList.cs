using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>A log that takes no more.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where its records are.</param>
/// <param name="End">The place behind its last record.</param>
/// <param name="Successor">The log behind it.</param>
internal sealed record SealedLog(LogName Name, LogSource Source, LogOrder End, LogName Successor);

/// <summary>The logs of a partition from its checkpoint on, in order. Safe to use from any thread.</summary>
internal sealed class LogList
{
    private readonly Lock gate = new();
    private readonly List<SealedLog> sealed_ = [];
    private readonly List<LogSource> carried = [];
    private LogName current;
    private LogSource? source;

    /// <summary>The log that takes appends.</summary>
    public LogSource Current
    {
        get
        {
            lock (gate)
                return source!;
        }
    }

    /// <summary>A log is entered: the one before has ended.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="entered">Where its records will be.</param>
    /// <param name="end">The place behind the last record of the log before.</param>
    public void Enter(LogName name, LogSource entered, LogOrder end)
    {
        lock (gate)
        {
            if (source is not null)
                sealed_.Add(new SealedLog(current, source, end, name));
            (current, source) = (name, entered);
        }
    }

    /// <summary>The logs that have ended.</summary>
    public List<SealedLog> Sealed()
    {
        lock (gate)
            return [.. sealed_];
    }

    /// <summary>Files of carried records, the oldest first.</summary>
    public List<LogSource> Carried()
    {
        lock (gate)
            return [.. carried];
    }

    /// <summary>A file of carried records is found.</summary>
    public void EnterCarried(LogSource file)
    {
        lock (gate)
            carried.Add(file);
    }

    /// <summary>The records of the oldest log are in packs or carried over: it goes.</summary>
    /// <param name="files">The files of carried records from now on.</param>
    public void Pass(IReadOnlyList<LogSource> files)
    {
        lock (gate)
        {
            sealed_.RemoveAt(0);
            carried.Clear();
            carried.AddRange(files);
        }
    }
}
