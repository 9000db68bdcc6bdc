using System.Buffers;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// A handle to a log's file. An append does its work on the caller's thread (a partition's writer has one of its own) and returns
/// a completed task.
/// </summary>
internal sealed class FileAppendLog(LogFiles files, LogFile log) : IAppendLog
{
    private bool released;

    /// <inheritdoc/>
    public string Path => log.Path;

    /// <summary>The lengthening of the file that is under way or was last.</summary>
    internal Task FillingAhead => log.FillingAhead;

    /// <inheritdoc/>
    public ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        // Not cancelled half way: a write that has begun is finished or fails.
        cancellationToken.ThrowIfCancellationRequested();
        log.Append(position, data);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult(log.Length);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"measuring the log '{Path}'");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await log.ReadAsync(position, buffer, cancellationToken);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"reading the log '{Path}'");
        }
    }

    /// <inheritdoc/>
    public ValueTask SealAsync(long length, CancellationToken cancellationToken) =>
        new(Task.Run(() => log.Seal(length), cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref released, true))
            files.Release(log);
        return default;
    }
}
