using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace OrleansMail.Smtp.Tls;

/// <summary>
/// What the peer sends, decrypted. The wait is on the raw pipe, and a record goes into the <see cref="SslStream"/> only when it is whole:
/// so a cancelled wait loses nothing, and an idle session holds no buffer.
/// </summary>
internal sealed class TlsReader(SslStream ssl, TlsRecordStream records, PipeReader raw) : PipeReader
{
    // Unbounded for the pipe: a record is decrypted only when all before it was looked at.
    private readonly Pipe _plain = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private Memory<byte> _target;
    private Task<int>? _reading;
    private int _count;
    private long _taken = records.Taken;
    private long _left;
    private long _mark;
    private bool _lookUp;

    /// <summary>Whether something was decrypted of which no octet had been received at the mark.</summary>
    public bool HasPassedMark { get; private set; }

    /// <summary>Marks how much has been received until now, decrypted or not, read from the pipe or not.</summary>
    public void Mark()
    {
        HasPassedMark = false;
        if (raw.TryRead(out var result))
        {
            _lookUp |= result.IsCanceled;
            _left = result.Buffer.Length;
            raw.AdvanceTo(result.Buffer.Start); // not examined, so that the next read gives it again
        }

        _mark = _taken + _left;
    }

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_plain.Reader.TryRead(out var plain))
                return plain;
            if (_lookUp)
            {
                _lookUp = false;
                CancelPlain();
                continue;
            }

            var result = await raw.ReadAsync(cancellationToken);
            if (result.IsCanceled)
            {
                raw.AdvanceTo(result.Buffer.Start);
                CancelPlain();
                continue;
            }

            await TakeAsync(result);
        }
    }

    /// <summary>What is decrypted already.</summary>
    public override bool TryRead(out ReadResult result) => _plain.Reader.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _plain.Reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _plain.Reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => raw.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _plain.Reader.Complete();
        _plain.Writer.Complete();
        raw.Complete(exception);
    }

    private void CancelPlain() => _plain.Reader.CancelPendingRead();

    private async ValueTask TakeAsync(ReadResult result)
    {
        var input = result.Buffer;
        _left = input.Length;
        if (TlsRecord.Measure(input) is { } length && length <= input.Length)
        {
            var record = input.Slice(0, length);
            await DecryptAsync(record);
            _taken += length;
            _left -= length;
            raw.AdvanceTo(record.End);
            return;
        }

        raw.AdvanceTo(input.Start, input.End);
        if (result.IsCompleted)
            await _plain.Writer.CompleteAsync(); // without a close_notify, which a lost connection has not either
    }

    // Reads until the SslStream has given all that is in the record; a read that wants a further record stays open.
    private async ValueTask DecryptAsync(ReadOnlySequence<byte> record)
    {
        var wants = records.Offer(record);
        var before = _taken;
        do
        {
            if (_reading is null)
            {
                _target = _plain.Writer.GetMemory((int)record.Length);
                var read = ssl.ReadAsync(_target);
                if (!read.IsCompleted)
                {
                    _reading = read.AsTask();
                    return;
                }

                _count = await read;
                continue;
            }

            await Task.WhenAny(_reading, wants);
            if (!_reading.IsCompleted)
                return;
            _count = await _reading;
            _reading = null;
        }
        while (await PassOnAsync(before));
    }

    // True when the SslStream may have more of the record.
    private async ValueTask<bool> PassOnAsync(long before)
    {
        if (_count == 0)
        {
            await _plain.Writer.CompleteAsync(); // close_notify: what may follow it is nobody's (RFC 8446 §6.1)
            return false;
        }

        HasPassedMark |= before >= _mark;
        _plain.Writer.Advance(_count);
        await _plain.Writer.FlushAsync();
        return _count == _target.Length;
    }
}
