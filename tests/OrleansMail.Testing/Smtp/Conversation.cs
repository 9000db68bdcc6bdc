using System.IO.Pipelines;
using System.Net;
using System.Text;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>A client in the same process: two pipes to a session of the engine, without a socket.</summary>
public sealed class Conversation : IAsyncDisposable
{
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe _toClient = new();
    private readonly CountingWriter _serverOutput;

    private Conversation(SmtpServer server, IPEndPoint? remote, SmtpListenerOptions? listener)
    {
        _serverOutput = new CountingWriter(_toClient.Writer);
        Completion = server.RunAsync(new DuplexPipe(_toServer.Reader, _serverOutput), remote, remote is null ? null : new IPEndPoint(IPAddress.Loopback, 25), listener);
    }

    /// <summary>Completes when the session has ended.</summary>
    public Task Completion { get; }

    /// <summary>How often the server flushed.</summary>
    public int Flushes => _serverOutput.Flushes;

    /// <summary>Opens a session; the greeting is the first reply to read.</summary>
    public static Conversation Start(SmtpServer server, IPEndPoint? remote = null, SmtpListenerOptions? listener = null) => new(server, remote, listener);

    /// <summary>Opens a session, reads the greeting and says EHLO, or LHLO where the listener speaks LMTP.</summary>
    public static async Task<Conversation> GreetAsync(SmtpServer server, IPEndPoint? remote = null, SmtpListenerOptions? listener = null)
    {
        var conversation = new Conversation(server, remote, listener);
        await conversation.ReadReplyAsync();
        await conversation.AskAsync(listener?.Lmtp == true ? "LHLO client.example" : "EHLO client.example");
        return conversation;
    }

    /// <summary>Sends octets, one for each character; completes when the server's pipe has room again.</summary>
    public async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends a line and reads its reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>Begins a message to a known recipient, to the 354.</summary>
    public async Task BeginDataAsync(string recipient = "ok@example.test")
    {
        await AskAsync("MAIL FROM:<carol@origin.test>");
        await AskAsync($"RCPT TO:<{recipient}>");
        await AskAsync("DATA");
    }

    /// <summary>Begins a transaction to a known recipient.</summary>
    public async Task BeginTransactionAsync(string recipient = "ok@example.test")
    {
        await AskAsync("MAIL FROM:<carol@origin.test>");
        await AskAsync($"RCPT TO:<{recipient}>");
    }

    /// <summary>Sends a chunk (RFC 3030 §2) and reads its reply.</summary>
    public async Task<string> SendChunkAsync(string content, bool last = false)
    {
        await SendAsync($"BDAT {content.Length}{(last ? " LAST" : "")}\r\n{content}");
        return await ReadReplyAsync();
    }

    /// <summary>Reads one reply, lines joined with a line feed and without CRLF; empty at the end of the output.</summary>
    public async Task<string> ReadReplyAsync()
    {
        var reply = new StringBuilder();
        while (true)
        {
            var result = await _toClient.Reader.ReadAsync();
            var text = Encoding.ASCII.GetString(result.Buffer);
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                _toClient.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                    return reply.ToString();
                continue;
            }

            _toClient.Reader.AdvanceTo(result.Buffer.GetPosition(end + 2));
            reply.Append(text, 0, end);
            if (text[3] != '-')
                return reply.ToString();
            reply.Append('\n');
        }
    }

    /// <summary>Everything the server writes until it ends.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        while (true)
        {
            var result = await _toClient.Reader.ReadAsync();
            all.Append(Encoding.ASCII.GetString(result.Buffer));
            _toClient.Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return all.ToString();
        }
    }

    /// <summary>Ends the client's side; a cause makes it a broken connection.</summary>
    public void Hangup(Exception? cause = null) => _toServer.Writer.Complete(cause);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await Completion;
    }

    private sealed class CountingWriter(PipeWriter inner) : PipeWriter
    {
        private int _flushes;

        public int Flushes => Volatile.Read(ref _flushes);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _flushes);
            return inner.FlushAsync(cancellationToken);
        }
    }
}
