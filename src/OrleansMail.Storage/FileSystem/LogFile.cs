using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// The file of a log, shared by all handles to it in this process, so that the position decides between them. It is made longer
/// than its content ahead of time, by writing zeros: a commit then changes neither length nor extents, and a full disk is met
/// before a message is accepted.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>What a new log takes at once, in octets.</summary>
    public const long FirstCapacity = 1L << 20;

    private const long MaxStep = 64L << 20;
    private const long LeastStep = 64L << 10;
    private const long UnknownEnd = -1;
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;
    private static readonly byte[] Zeros = new byte[256 * 1024];

    private readonly Lock gate = new();
    private readonly string file;
    private readonly Action<SafeFileHandle> sync;
    private readonly SafeFileHandle reader;
    private readonly List<ReadOnlyMemory<byte>> gathered = [];
    private SafeFileHandle? writer;
    private long capacity;
    private long end;
    private bool isSealed;

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

    /// <summary>How many handles share it; kept by <see cref="LogFiles"/>.</summary>
    public int Handles { get; set; }

    /// <summary>Makes the file, filled ahead. Its name is not durable yet.</summary>
    public static LogFile Create(string path, string file, Action<SafeFileHandle> sync)
    {
        var log = new LogFile(path, file, File.OpenHandle(file, FileMode.CreateNew, FileAccess.ReadWrite, ShareAll), isNew: true, sync);
        try
        {
            log.Fill(FirstCapacity);
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
            if (length > capacity || (end != UnknownEnd && end != length))
                throw new StoreConflictException($"The log '{Path}' does not end at {length}.");
            try
            {
                RandomAccess.SetLength(Writer(), length);
                RandomAccess.FlushToDisk(Writer());
            }
            catch (Exception exception)
            {
                throw Poisoned(exception);
            }

            capacity = end = length;
            isSealed = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
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

    /// <summary>Makes room for the content up to <paramref name="needed"/>: generously where there is space, else just enough.</summary>
    private void Reserve(long needed)
    {
        if (needed <= capacity)
            return;
        var least = (needed + LeastStep - 1) / LeastStep * LeastStep;
        var generous = Math.Max(least, capacity + Math.Clamp(capacity, FirstCapacity, MaxStep));
        try
        {
            Fill(generous);
        }
        catch (StoreFullException) when (generous > least && Poison is null)
        {
            Fill(least);
        }
    }

    /// <summary>Lengthens the file with zeros that are on the disk. A full disk leaves it as it was.</summary>
    private void Fill(long newCapacity)
    {
        try
        {
            for (var position = capacity; position < newCapacity; position += Zeros.Length)
                RandomAccess.Write(Writer(), Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, newCapacity - position)), position);
        }
        catch (Exception exception) when (FileErrors.IsFull(exception))
        {
            GiveBack();
            throw FileErrors.Translate(exception, $"the log '{Path}'");
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }

        try
        {
            RandomAccess.FlushToDisk(Writer());
        }
        catch (Exception exception)
        {
            throw Poisoned(exception);
        }

        capacity = newCapacity;
    }

    private void GiveBack()
    {
        try
        {
            RandomAccess.SetLength(Writer(), capacity);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            // The zeros stay until the log is sealed; they are within no capacity, so nothing relies on them.
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
