using System.IO.Pipelines;
using System.Text;
using OrleansMail.Smtp;

namespace OrleansMail.Benchmarks.Parse;

/// <summary>One session of the engine over two pipes in memory, past EHLO.</summary>
internal sealed class EngineClient : IAsyncDisposable
{
    private const int Read = 4096;
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly SmtpServer _server = new(new SmtpServerOptions { HostName = "bench.test", MaxCommandsWithoutTransaction = 0 }, new NullDelivery());
    private Task _session = Task.CompletedTask;

    /// <summary>Begins the session.</summary>
    public async Task OpenAsync()
    {
        _session = _server.RunAsync(new Transport(_toServer.Reader, _toClient.Writer));
        await ReadLinesAsync(1);
        await _toServer.Writer.WriteAsync("EHLO bench.test\r\n"u8.ToArray());
        while (!await ReadLastLineAsync())
        {
        }
    }

    /// <summary>Sends octets and waits for as many reply lines.</summary>
    public async ValueTask ExchangeAsync(ReadOnlyMemory<byte> octets, int lines)
    {
        // The engine's back-pressure holds the writer, so replies are read meanwhile.
        var write = WriteAsync(octets);
        await ReadLinesAsync(lines);
        await write;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _session;
        await _server.DisposeAsync();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> octets)
    {
        // As a socket would bring them; all at once the pipe would take fresh memory for the whole.
        for (; octets.Length > Read; octets = octets[Read..])
            await _toServer.Writer.WriteAsync(octets[..Read]);
        await _toServer.Writer.WriteAsync(octets);
    }

    private async ValueTask ReadLinesAsync(int lines)
    {
        while (lines > 0)
        {
            var read = await _toClient.Reader.ReadAsync();
            foreach (var segment in read.Buffer)
                lines -= segment.Span.Count((byte)'\n');
            _toClient.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted && lines > 0)
                throw new InvalidOperationException("The session ended.");
        }
    }

    private async ValueTask<bool> ReadLastLineAsync()
    {
        var read = await _toClient.Reader.ReadAsync();
        var text = Encoding.ASCII.GetString(read.Buffer);
        var last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].StartsWith("250 ", StringComparison.Ordinal) && text.EndsWith('\n');
        _toClient.Reader.AdvanceTo(last ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        return last;
    }

    private sealed class Transport(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
