using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// The least that speaks SMTP to a well-behaved client: no order of commands, no addresses, no limits but one, dots left stuffed. What
/// any server must pay is here, and nothing else.
/// </summary>
internal sealed class SinkSession(IDuplexPipe transport, ISinkStore store)
{
    // The payload is gathered in the transport's own buffers, so something must bound it.
    private const int MaxMessage = 16 * 1024 * 1024;

    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private readonly CommitWaiter _waiter = new();
    private long _searched;
    private bool _inData;
    private bool _quit;

    private static ReadOnlySpan<byte> EmptyContent => ".\r\n"u8;

    private static ReadOnlySpan<byte> FinalDot => "\r\n.\r\n"u8;

    public async Task RunAsync()
    {
        _output.Write("220 sink ESMTP\r\n"u8);
        await _output.FlushAsync();
        while (!_quit)
        {
            var read = await _input.ReadAsync();
            var rest = read.Buffer;
            while (!_quit && (_inData ? TryTakeContent(ref rest, out var content) : TryTakeLine(ref rest, out content)))
            {
                if (_inData)
                    await StoreAsync(content);
                else
                    Answer(content);
            }

            _quit |= read.IsCompleted || rest.Length > MaxMessage;
            _input.AdvanceTo(rest.Start, rest.End);
            await _output.FlushAsync();
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out line, "\r\n"u8))
            return false;
        buffer = reader.UnreadSequence;
        return true;
    }

    private bool TryTakeContent(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> content)
    {
        var reader = new SequenceReader<byte>(buffer);
        content = ReadOnlySequence<byte>.Empty;
        if (_searched >= EmptyContent.Length || !reader.IsNext(EmptyContent, advancePast: true))
        {
            // Of a large message each octet is looked at once, not once for each read.
            reader.Advance(Math.Max(0, _searched - FinalDot.Length + 1));
            if (!reader.TryReadTo(out ReadOnlySequence<byte> _, FinalDot))
            {
                _searched = buffer.Length;
                return false;
            }

            content = buffer.Slice(0, reader.Consumed - FinalDot.Length);
        }

        _searched = 0;
        buffer = reader.UnreadSequence;
        return true;
    }

    private async ValueTask StoreAsync(ReadOnlySequence<byte> content)
    {
        await store.StoreAsync(content, _waiter);
        _inData = false;
        _output.Write("250 2.0.0 Ok\r\n"u8);
    }

    private void Answer(in ReadOnlySequence<byte> line)
    {
        Span<byte> verb = stackalloc byte[4];
        line.Slice(0, Math.Min(4, line.Length)).CopyTo(verb);
        _inData = verb.SequenceEqual("DATA"u8);
        _quit = verb.SequenceEqual("QUIT"u8);
        _output.Write(
            _inData ? "354 Go on\r\n"u8
            : _quit ? "221 2.0.0 Bye\r\n"u8
            : verb.SequenceEqual("EHLO"u8) ? "250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n"u8
            : "250 2.0.0 Ok\r\n"u8);
    }
}
