using System.Buffers;

namespace OrleansMail.Storage.Logs;

/// <summary>A part of a log in memory that moves forward: a block of the log, or one record where that is longer.</summary>
internal sealed class LogWindow(IAppendLog log) : IDisposable
{
    private const int Block = 1024 * 1024;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Block);
    private long start;
    private int count;
    private long logEnd = -1;

    /// <summary>The log's octets from a position on: at least as many as asked for, fewer only at the log's end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(long position, int atLeast, CancellationToken cancellationToken)
    {
        if (position < start || position > start + count)
            (start, count) = (position, 0);
        var skip = (int)(position - start);
        if (count - skip < atLeast && start + count != logEnd)
        {
            MakeRoom(skip, atLeast);
            start = position;
            count -= skip;
            skip = 0;
            await FillAsync(atLeast, cancellationToken);
        }

        return buffer.AsMemory(skip, count - skip);
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private void MakeRoom(int skip, int atLeast)
    {
        // Twice as much as is asked for: the same length asked for again a little further on moves nothing.
        var kept = buffer.AsSpan(skip, count - skip);
        if (atLeast <= buffer.Length / 2)
        {
            kept.CopyTo(buffer);
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(atLeast * 2);
        kept.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private async ValueTask FillAsync(int atLeast, CancellationToken cancellationToken)
    {
        while (count < atLeast)
        {
            var read = await log.ReadAsync(start + count, buffer.AsMemory(count), cancellationToken);
            if (read == 0)
            {
                logEnd = start + count;
                return;
            }

            count += read;
        }
    }
}
