using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Smtp.Tls;

/// <summary>
/// The wire as an <see cref="System.Net.Security.SslStream"/> sees it. During the handshake reads wait for the pipe; after it each record
/// is offered whole (<see cref="Offer"/>), so that no read waits inside the SslStream and none has to be cancelled there. No read goes
/// past a record's end: nothing is ever ahead in the SslStream's buffer where the session could not know of it.
/// </summary>
/// <param name="raw">The connection.</param>
/// <param name="isOver">Asked when a wait of the handshake was cancelled: whether to give up.</param>
internal sealed class TlsRecordStream(IDuplexPipe raw, Func<bool> isOver) : Stream
{
    private int _left;
    private bool _offers;
    private ReadOnlySequence<byte> _record;
    private Memory<byte> _wanting;
    private TaskCompletionSource<int>? _wanted;
    private TaskCompletionSource? _wants;

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

    /// <summary>Octets of records taken from the pipe during the handshake.</summary>
    public long Taken { get; private set; }

    /// <summary>The handshake is over: from now on reads get what is offered.</summary>
    public void BeginOffers() => _offers = true;

    /// <summary>Gives a whole record to the next read, or to the one that waits.</summary>
    /// <returns>Completes when a read asks for more than the record; never, when the record was enough.</returns>
    public Task Offer(ReadOnlySequence<byte> record)
    {
        _record = record;
        if (_wanted is not { } wanted)
            return Task.CompletedTask;
        _wants = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted = null;
        var wants = _wants.Task;
        wanted.SetResult(TakeOffered(_wanting));
        return wants;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_offers)
            return ReadRawAsync(buffer);
        if (!_record.IsEmpty)
            return new(TakeOffered(buffer));
        _wanting = buffer;
        _wanted = new TaskCompletionSource<int>();
        _wants?.TrySetResult();
        return new(_wanted.Task);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        raw.Output.Write(buffer.Span);
        return default;
    }

    /// <summary>During the handshake sends what was written; after it the session's flush does.</summary>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (!_offers && (await raw.Output.FlushAsync(CancellationToken.None)).IsCanceled)
            GiveUpIfOver();
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReadRawAsync(Memory<byte> buffer)
    {
        await FlushAsync(CancellationToken.None);
        while (true)
        {
            var result = await raw.Input.ReadAsync(CancellationToken.None);
            if (result.IsCanceled)
                GiveUpIfOver();
            if (TakeFrom(result.Buffer, buffer) is var count && count > 0)
                return count;
            var isReady = result.IsCompleted || (buffer.IsEmpty && !result.Buffer.IsEmpty);
            raw.Input.AdvanceTo(result.Buffer.Start, isReady ? result.Buffer.Start : result.Buffer.End);
            if (isReady)
                return 0; // the end, or there is something for the read that follows an empty one
        }
    }

    private int TakeFrom(ReadOnlySequence<byte> input, Memory<byte> buffer)
    {
        if (_left == 0)
            _left = TlsRecord.Measure(input) ?? 0;
        var count = (int)Math.Min(Math.Min(buffer.Length, _left), input.Length);
        if (count == 0)
            return 0;
        input.Slice(0, count).CopyTo(buffer.Span);
        raw.Input.AdvanceTo(input.GetPosition(count));
        _left -= count;
        Taken += count;
        return count;
    }

    private int TakeOffered(Memory<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, _record.Length);
        _record.Slice(0, count).CopyTo(buffer.Span);
        _record = _record.Slice(count);
        return count;
    }

    private void GiveUpIfOver()
    {
        if (isOver())
            throw new TimeoutException("The handshake took too long.");
    }
}
