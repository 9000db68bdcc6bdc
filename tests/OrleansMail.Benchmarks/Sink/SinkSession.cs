using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// The least that speaks SMTP to a well-behaved client: no order of commands, no addresses, no limits but one, dots left stuffed. What
/// any server must pay is here, and nothing else.
/// </summary>
internal sealed class SinkSession(IDuplexPipe transport, GroupCommit commits)
{
    // The payload is gathered in the transport's own buffers, so something must bound it.
    private const int MaxMessage = 16 * 1024 * 1024;

    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private readonly CommitWaiter _waiter = new();
    private bool _inData;
    private bool _quit;

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

    private static bool TryTakeContent(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> content)
    {
        var reader = new SequenceReader<byte>(buffer);
        content = ReadOnlySequence<byte>.Empty;
        if (!reader.IsNext(".\r\n"u8, advancePast: true) && !reader.TryReadTo(out content, "\r\n.\r\n"u8))
            return false;
        buffer = reader.UnreadSequence;
        return true;
    }

    private async ValueTask StoreAsync(ReadOnlySequence<byte> content)
    {
        await commits.AppendAsync(content, _waiter);
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
