using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Api.Messages;

/// <summary>A payload as a stream that can seek, for ranges: opened at the first read behind each change of position, never held in memory.</summary>
internal sealed class PayloadStream(IPayloadStore store, PayloadLocation location) : Stream
{
    private Stream? source;
    private long position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => location.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position >= location.Length || buffer.IsEmpty)
            return 0;
        source ??= await store.OpenReadAsync(location, position, location.Length - position, cancellationToken);
        var count = await source.ReadAsync(buffer, cancellationToken);
        if (count == 0)
            throw new PayloadDamagedException($"{location.Path} ends early.");
        position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = offset + origin switch
        {
            SeekOrigin.Current => position,
            SeekOrigin.End => location.Length,
            _ => 0,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        if (target == position)
            return position;
        source?.Dispose();
        source = null;
        return position = target;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Payloads are read asynchronously.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Payloads never change.");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("Payloads never change.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (source is not null)
            await source.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source?.Dispose();
        base.Dispose(disposing);
    }
}
