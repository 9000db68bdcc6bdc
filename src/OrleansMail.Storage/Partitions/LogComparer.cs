using System.Buffers;

namespace OrleansMail.Storage.Partitions;

/// <summary>Reads back what a log holds where an append was meant to be.</summary>
internal static class LogComparer
{
    private const int Step = 64 * 1024;

    /// <summary>Whether the log holds exactly these octets at a position.</summary>
    public static async ValueTask<bool> EqualsAsync(IAppendLog log, long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken) =>
        await HeldAsync(log, position, data, cancellationToken) == data.Length;

    /// <summary>How many of these octets the log holds at a position before it ends; -1 when it holds others there.</summary>
    public static async ValueTask<long> HeldAsync(IAppendLog log, long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            var held = 0L;
            while (held < data.Length)
            {
                var wanted = (int)Math.Min(Step, data.Length - held);
                var read = await log.ReadAsync(position + held, buffer.AsMemory(0, wanted), cancellationToken);
                if (read == 0)
                    return held;
                if (!Matches(data.Slice(held, read), buffer.AsSpan(0, read)))
                    return -1;
                held += read;
            }

            return held;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the log holds nothing, or only zeros, from a position on.</summary>
    public static async ValueTask<bool> IsEmptyAsync(IAppendLog log, long position, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            while (length > 0)
            {
                var read = await log.ReadAsync(position, buffer.AsMemory(0, (int)Math.Min(Step, length)), cancellationToken);
                if (read == 0)
                    return true;
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                    return false;
                position += read;
                length -= read;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool Matches(ReadOnlySequence<byte> data, ReadOnlySpan<byte> found)
    {
        foreach (var part in data)
        {
            if (!found[..part.Length].SequenceEqual(part.Span))
                return false;
            found = found[part.Length..];
        }

        return true;
    }
}
