using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// The file of a log, shared by all handles to it in this process, so that the position decides between them. It is made longer
/// than its content ahead of time, by writing zeros: a commit then changes neither length nor extents, and a full disk is met
/// before a message is accepted. That happens beside the appends and in small steps; an append lengthens the file itself only when it
/// was faster.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>What a new log takes at once, in octets.</summary>
    public const long FirstCapacity = 1L << 20;

    private const long MaxAhead = 8L << 20;
    private const long LeastStep = 64L << 10;
    private const long UnknownEnd = -1;
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    // A commit's sync that meets a step under way waits for it: it is small.
    private static readonly byte[] Zeros = new byte[256 * 1024];

    private readonly Lock gate = new();

    // Guards the file's length; taken inside the other one, never around it.
    private readonly Lock lengthGate = new();
    private readonly string file;
    private readonly Action<SafeFileHandle> sync;
    private readonly SafeFileHandle reader;
    private readonly List<ReadOnlyMemory<byte>> gathered = [];
    private SafeFileHandle? writer;
    private long capacity;
    private long end;
    private bool isSealed;
    private bool isFixed;
    private volatile bool isFull;

    private LogFile(string path, string file, SafeFileHandle handle, bool isNew, Action<SafeFileHandle> sync)
    {
        Path = path;
        this.file = file;
        this.sync = sync;
        reader = handle;
        writer = isNew ? handle : null;
        capacity = RandomAccess.GetLength(handle);
        end = isNew ? 0 : UnknownEnd;
    }

    /// <summary>The log's path in the store.</summary>
    public string Path { get; }

    /// <summary>What failed for good; null while nothing did.</summary>
    public Exception? Poison { get; set; }

    /// <summary>Octets that can be read.</summary>
    public long Length => RandomAccess.GetLength(reader);

    /// <summary>The filling ahead that is under way or was last.</summary>
    public Task FillingAhead { get; private set; } = Task.CompletedTask;

    /// <summary>How many handles share it; kept by <see cref="LogFiles"/>.</summary>
    public int Handles { get; set; }

    /// <summary>Makes the file, filled ahead. Its name is not durable yet.</summary>
    public static LogFile Create(string path, string file, Action<SafeFileHandle> sync)
    {
        var log = new LogFile(path, file, File.OpenHandle(file, FileMode.CreateNew, FileAccess.ReadWrite, ShareAll), isNew: true, sync);
        try
        {
            log.Lengthen(FirstCapacity, log.Writer());
            return log;
        }
        catch
        {
            log.Dispose();
            File.Delete(file);
            throw;
        }
    }

    /// <summary>Opens the file for reading; the first append opens it for writing.</summary>
    public static LogFile Open(string path, string file, Action<SafeFileHandle> sync) =>
        new(path, file, File.OpenHandle(file, FileMode.Open, FileAccess.Read, ShareAll), isNew: false, sync);

    /// <inheritdoc cref="IAppendLog.AppendAsync"/>
    public void Append(long position, ReadOnlySequence<byte> data)
    {
        lock (gate)
        {
            ThrowIfPoisoned();
            CheckPosition(position);
            Reserve(position + data.Length);
            Commit(position, data);
            end = position + data.Length;
            FillAhead();
        }
    }

    /// <inheritdoc cref="IAppendLog.ReadAsync"/>
    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(reader, buffer, position, cancellationToken);

    /// <inheritdoc cref="IAppendLog.SealAsync"/>
    public void Seal(long length)
    {
        lock (gate)
        {
            ThrowIfPoisoned();
            lock (lengthGate)
            {
                if (length > capacity || (end != UnknownEnd && end != length))
                    throw new StoreConflictException($"The log '{Path}' does not end at {length}.");
                isFixed = true;
                Trim(length);
                capacity = end = length;
                isSealed = true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (lengthGate)
            isFixed = true;
        reader.Dispose();
        writer?.Dispose();
    }

    private SafeFileHandle Writer() => writer ??= File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, ShareAll);

    private void ThrowIfPoisoned()
    {
        if (Poison is not null)
            throw new LogPoisonedException($"The log '{Path}' failed before and takes nothing more.", Poison);
    }

    private void CheckPosition(long position)
    {
        // Where the content of a file ends that was written by an earlier process, only its reader knows. Zeros from there on are
        // what is never in conflict with that.
        if (end == UnknownEnd && position <= capacity && IsZeroFrom(position))
            end = position;
        if (position != end || isSealed)
            throw new StoreConflictException($"The log '{Path}' does not end at {position}.");
    }

    private bool IsZeroFrom(long position)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Zeros.Length);
        try
        {
            for (int read; (read = RandomAccess.Read(reader, buffer, position)) > 0; position += read)
            {
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                    return false;
            }

            return true;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"reading the log '{Path}'");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes room for the content up to <paramref name="needed"/>: some more where there is space, else just enough.</summary>
    private void Reserve(long needed)
    {
        if (needed <= Volatile.Read(ref capacity))
            return; // waits for no step that is under way
        lock (lengthGate)
        {
            if (needed <= capacity)
                return;
            var least = (needed + LeastStep - 1) / LeastStep * LeastStep;
            var some = Math.Max(least, capacity + FirstCapacity);
            try
            {
                Lengthen(some, Writer());
            }
            catch (StoreFullException) when (some > least && Poison is null)
            {
                Lengthen(least, Writer());
            }

            isFull = false;
        }
    }

    // By half of what is ahead there is always some left, unless the disk is slower than what comes.
    private void FillAhead()
    {
        var known = Volatile.Read(ref capacity);
        var ahead = Math.Clamp(known, FirstCapacity, MaxAhead);
        if (known - end < ahead / 2 && !isFull && FillingAhead.IsCompleted)
            FillAheadTo(known + ahead);
    }

    private void FillAheadTo(long target) => FillingAhead = Task.Run(() => FillAhead(target));

    // On a handle of its own: a write-back that fails is reported once to each, and so to the commit's sync as well.
    private void FillAhead(long target)
    {
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, ShareAll);
            while (TryFillStep(target, handle))
            {
                // Each step is on the disk and counts by itself.
            }
        }
        catch (Exception exception) when (exception is StoreUnavailableException || FileErrors.IsVolume(exception))
        {
            // What must be known is: a full disk meets the append that needs the room, and any other failure has poisoned the log.
        }
    }

    private bool TryFillStep(long target, SafeFileHandle handle)
    {
        lock (lengthGate)
        {
            if (isFixed || capacity >= target || Poison is not null)
                return false;
            try
            {
                Lengthen(Math.Min(target, capacity + Zeros.Length), handle);
                return true;
            }
            catch (StoreFullException)
            {
                isFull = true;
                throw;
            }
        }
    }

    /// <summary>Lengthens the file with zeros that are on the disk. A full disk leaves it as it was.</summary>
    private void Lengthen(long newCapacity, SafeFileHandle handle)
    {
        try
        {
            for (var position = capacity; position < newCapacity; position += Zeros.Length)
                RandomAccess.Write(handle, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, newCapacity - position)), position);
        }
        catch (Exception exception) when (FileErrors.IsFull(exception))
        {
            GiveBack(handle);
            throw FileErrors.Translate(exception, $"the log '{Path}'");
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }

        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }

        Volatile.Write(ref capacity, newCapacity);
    }

    private void GiveBack(SafeFileHandle handle)
    {
        try
        {
            RandomAccess.SetLength(handle, capacity);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            // The zeros stay until the log is sealed; they are within no capacity, so nothing relies on them.
        }
    }

    private void Trim(long length)
    {
        try
        {
            RandomAccess.SetLength(Writer(), length);
            RandomAccess.FlushToDisk(Writer());
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }
    }

    private void Commit(long position, ReadOnlySequence<byte> data)
    {
        try
        {
            Write(Writer(), position, data);
            sync(Writer());
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }
    }

    private void Write(SafeFileHandle handle, long position, ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment)
        {
            RandomAccess.Write(handle, data.FirstSpan, position);
            return;
        }

        foreach (var segment in data)
            gathered.Add(segment);
        RandomAccess.Write(handle, gathered, position);
        gathered.Clear();
    }

    // After a failed write-back the kernel may call the lost pages clean: a later fsync would succeed and mean nothing.
    private StoreUnavailableException Poisoned(Exception exception)
    {
        Poison = exception;
        return FileErrors.IsFull(exception)
            ? FileErrors.Translate(exception, $"the log '{Path}'")
            : new LogPoisonedException($"The log '{Path}' failed: {exception.Message}", exception);
    }
}
