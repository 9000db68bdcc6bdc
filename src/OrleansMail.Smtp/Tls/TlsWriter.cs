using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace OrleansMail.Smtp.Tls;

/// <summary>
/// What the peer is sent, encrypted at the flush. The records go into the raw pipe's memory first, so that only its flush waits and can
/// be cancelled; the buffer is held only while there are replies to send.
/// </summary>
internal sealed class TlsWriter(SslStream ssl, PipeWriter raw) : PipeWriter
{
    private const int LeastBuffer = 1024;

    private byte[] _buffer = [];
    private int _length;
    private bool _ends;

    /// <summary>The next flush is the last: a close_notify goes with it.</summary>
    public void End() => _ends = true;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _length += bytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _length < Math.Max(sizeHint, 1))
            Grow(Math.Max(sizeHint, LeastBuffer));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void CancelPendingFlush() => raw.CancelPendingFlush();

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_length > 0)
        {
            await ssl.WriteAsync(_buffer.AsMemory(0, _length), CancellationToken.None);
            Release();
        }

        if (_ends)
        {
            _ends = false;
            await ssl.ShutdownAsync();
        }

        return await raw.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        Release();
        raw.Complete(exception);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Release();
        return raw.CompleteAsync(exception);
    }

    private void Grow(int room)
    {
        var larger = ArrayPool<byte>.Shared.Rent(_length + room);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        var length = _length;
        Release();
        (_buffer, _length) = (larger, length);
    }

    private void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }
}
