namespace OrleansMail.Server.Api.Messages;

/// <summary>
/// Ends a stream early for a parser that would otherwise keep what it reads: a header field or boundary line without an end would be
/// held in memory whole.
/// </summary>
internal sealed class MeteredStream(Stream source) : Stream
{
    private const int MaxWithoutProgress = 256 * 1024;
    private int sinceProgress;
    private bool stopped;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The parser has passed something on.</summary>
    public void Progress() => sinceProgress = 0;

    /// <summary>The next read is the end.</summary>
    public void Stop() => stopped = true;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (stopped || sinceProgress > MaxWithoutProgress)
            return 0;
        var count = await source.ReadAsync(buffer, cancellationToken);
        sinceProgress += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Payloads are read asynchronously.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}
