using System.IO.Pipelines;

namespace OrleansMail.Testing.Smtp;

/// <summary>Two pipes as one stream. What is written arrives in pieces of <see cref="ChunkSize"/>, each a read of its own if the reader is quick.</summary>
public sealed class PipeStream(PipeReader reader, PipeWriter writer) : Stream
{
    private readonly MemoryStream _read = new();
    private readonly Stream _input = reader.AsStream(leaveOpen: true);

    /// <summary>All that was read so far.</summary>
    public ReadOnlySpan<byte> Received => _read.GetBuffer().AsSpan(0, (int)_read.Length);

    /// <summary>Octets of one piece.</summary>
    public int ChunkSize { get; set; } = int.MaxValue;

    /// <summary>Sees, and may change, each piece before it is sent.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> OnWrite { get; set; } = static piece => piece;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _input.ReadAsync(buffer, cancellationToken);
        _read.Write(buffer.Span[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = OnWrite(buffer);
        for (var at = 0; at < buffer.Length; at += Math.Min(ChunkSize, buffer.Length - at))
        {
            await writer.WriteAsync(buffer.Slice(at, Math.Min(ChunkSize, buffer.Length - at)), cancellationToken);
            if (ChunkSize != int.MaxValue)
                await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
