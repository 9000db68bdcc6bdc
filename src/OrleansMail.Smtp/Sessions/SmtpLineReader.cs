using System.Buffers;
using System.IO.Pipelines;
using OrleansMail.Smtp.Tls;
using System.Text;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// The input of a session: command lines, or content taken by the data reader, from one pipe. Only CRLF ends a line (RFC 5321 §2.3.8).
/// Nothing is copied or kept outside the pipe, which never holds more of a line than its limit.
/// </summary>
/// <param name="reader">The pipe.</param>
/// <param name="maxLine">Longest line in octets, CRLF included.</param>
internal sealed class SmtpLineReader(PipeReader reader, int maxLine)
{
    private readonly PipeReader _raw = reader;
    private PipeReader _reader = reader;
    private TlsReader? _tls;
    private long _mark = long.MaxValue;
    private ReadOnlySequence<byte> _buffer;
    private long _consumed;
    private bool _held;
    private bool _fresh;
    private bool _completed;
    private bool _skipping;
    private bool _lookUp;

    /// <summary>Longest line that begins with AUTH or answers a challenge, in octets, CRLF included (RFC 4954 §4); by default as any other.</summary>
    public int MaxAuthLine { get; set; }

    /// <summary>Whether the next line answers a challenge.</summary>
    public bool TakesResponse { get; set; }

    /// <summary>Whether the line in front belongs to AUTH, which has a limit and secrets of its own.</summary>
    public bool IsAuthLine => MaxAuthLine > 0 && (TakesResponse || BeginsWithAuth());

    /// <summary>What was received and not yet taken. Valid until the next read.</summary>
    public ReadOnlySequence<byte> Buffer => _buffer;

    /// <summary>Octets received since the session began, as far as the last read knows; decrypted ones under TLS.</summary>
    public long Received => _consumed + _buffer.Length;

    /// <summary>Takes the octets in front of <paramref name="position"/>.</summary>
    public void Consume(SequencePosition position)
    {
        var rest = _buffer.Slice(position);
        _consumed += _buffer.Length - rest.Length;
        _buffer = rest;
    }

    /// <summary>Takes one line; its memory is valid until the next read.</summary>
    public LineStatus TryTake(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (_skipping && !TrySkip())
            return LineStatus.Incomplete;
        if (_buffer.IsSingleSegment)
            return TryTakeWhole(_buffer.First, out line);

        var reader = new SequenceReader<byte>(_buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> found, "\r\n"u8))
            return Unfinished(_buffer.Length);
        if (IsOver(found.Length + 2))
            return TooLong();
        line = found.ToArray();
        if (IsAuthLine)
            Clear(found); // the copy is the command's to clear
        Consume(reader.Position);
        return LineStatus.Complete;
    }

    /// <summary>Waits for more than <see cref="Buffer"/> holds.</summary>
    /// <returns>False when the peer will send nothing more; what is left is no whole line. Cancelled when somebody asked the session to look up.</returns>
    public async ValueTask<ReadOutcome> ReadAsync()
    {
        if (_fresh)
        {
            _fresh = false;
            return ReadOutcome.Data;
        }

        if (_lookUp)
        {
            _lookUp = false;
            return ReadOutcome.LookUp;
        }

        if (_completed)
            return ReadOutcome.Ended;
        var known = _buffer.Length;
        if (_held)
            _reader.AdvanceTo(_buffer.Start, _buffer.End);
        _held = false;
        Take(await _reader.ReadAsync(), out var cancelled);
        if (_buffer.Length > known)
        {
            // A look-up request that came with data is not lost: whoever asked left its reason in the session's state.
            return ReadOutcome.Data;
        }

        return cancelled ? ReadOutcome.LookUp : _completed ? ReadOutcome.Ended : ReadOutcome.Data;
    }

    /// <summary>Whether something came after the mark.</summary>
    public bool HasPassedMark => _tls?.HasPassedMark ?? Received > _mark;

    /// <summary>Marks what has been received until now, read or not; under TLS also what is not decrypted yet.</summary>
    public void Mark()
    {
        if (_tls is not null)
            _tls.Mark();
        else
            _mark = CountReceived();
    }

    /// <summary>Forgets what has been received until now, read or not.</summary>
    public void Discard()
    {
        CountReceived();
        Consume(_buffer.End);
        (_fresh, _skipping) = (false, false);
    }

    /// <summary>Leaves what was not taken to another reader of the pipe.</summary>
    public void Release()
    {
        if (_held)
            _raw.AdvanceTo(_buffer.Start);
        (_held, _fresh, _skipping, _buffer) = (false, false, false, default);
    }

    /// <summary>Reads what is decrypted from now on.</summary>
    public void Switch(TlsReader tls) => (_reader, _tls) = (tls, tls);

    /// <summary>Ends a read that waits, or the next one.</summary>
    public void LookUp() => _raw.CancelPendingRead();

    /// <summary>Gives the pipe back; nothing more is read.</summary>
    public async ValueTask CompleteAsync()
    {
        _buffer = default;
        _held = false;
        await _reader.CompleteAsync();
    }

    private long CountReceived()
    {
        if (_completed)
            return Received;
        var known = _buffer.Length;
        if (_held)
            _reader.AdvanceTo(_buffer.Start); // not examined, so that the read below gives it again
        _held = false;
        if (_reader.TryRead(out var result))
            Take(result, out _lookUp);
        else
            _buffer = default;
        _fresh |= _buffer.Length > known;
        return Received;
    }

    private void Take(ReadResult result, out bool cancelled)
    {
        _buffer = result.Buffer;
        _held = true;
        _completed = result.IsCompleted;
        cancelled = result.IsCanceled;
    }

    private LineStatus TryTakeWhole(ReadOnlyMemory<byte> memory, out ReadOnlyMemory<byte> line)
    {
        line = default;
        var end = memory.Span.IndexOf("\r\n"u8);
        if (end < 0)
            return Unfinished(memory.Length);
        if (IsOver(end + 2))
            return TooLong();
        line = memory[..end];
        Consume(_buffer.GetPosition(end + 2));
        return LineStatus.Complete;
    }

    // A line that may still end within the limit is incomplete.
    private LineStatus Unfinished(long length) => IsOver(length + 1) ? TooLong() : LineStatus.Incomplete;

    private bool IsOver(long length) => length > maxLine && (length > MaxAuthLine || !IsAuthLine);

    private bool BeginsWithAuth()
    {
        var verb = "AUTH "u8;
        Span<byte> front = stackalloc byte[verb.Length];
        if (_buffer.Length < front.Length)
            return false;
        _buffer.Slice(0, front.Length).CopyTo(front);
        return Ascii.EqualsIgnoreCase(front, verb);
    }

    private static void Clear(ReadOnlySequence<byte> line)
    {
        foreach (var memory in line)
            Secret.Clear(memory);
    }

    private LineStatus TooLong()
    {
        _skipping = true;
        return LineStatus.TooLong;
    }

    private bool TrySkip()
    {
        var reader = new SequenceReader<byte>(_buffer);
        if (reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n"u8))
        {
            Consume(reader.Position);
            _skipping = false;
            return true;
        }

        if (!_buffer.IsEmpty)
        {
            var last = _buffer.Slice(_buffer.Length - 1);
            Consume(last.FirstSpan[0] == '\r' ? last.Start : last.End);
        }

        return false;
    }
}
