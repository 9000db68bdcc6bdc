using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>A client in the same process that can speak TLS: two pipes to a session of the engine, without a socket.</summary>
public sealed class TlsConversation : IAsyncDisposable
{
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe _toClient = new();
    private readonly byte[] _chunk = new byte[16 * 1024];
    private string _received = "";
    private Stream _stream;

    private TlsConversation(SmtpServer server, SmtpListenerOptions? listener)
    {
        _stream = Raw = new PipeStream(_toClient.Reader, _toServer.Writer);
        Completion = server.RunAsync(new DuplexPipe(_toServer.Reader, _toClient.Writer), listener: listener);
    }

    /// <summary>The wire.</summary>
    public PipeStream Raw { get; }

    /// <summary>The client's side of TLS; null in plaintext.</summary>
    public SslStream? Tls => _stream as SslStream;

    /// <summary>Completes when the session has ended.</summary>
    public Task Completion { get; }

    /// <summary>Opens a session.</summary>
    public static TlsConversation Start(SmtpServer server, SmtpListenerOptions? listener = null) => new(server, listener);

    /// <summary>Opens a session, says EHLO, STARTTLS and EHLO again.</summary>
    public static async Task<TlsConversation> GreetAsync(SmtpServer server, SslProtocols protocols = SslProtocols.None)
    {
        var conversation = new TlsConversation(server, null);
        await conversation.ReadReplyAsync();
        await conversation.AskAsync("EHLO client.example");
        await conversation.StartTlsAsync(protocols);
        await conversation.AskAsync("EHLO client.example");
        return conversation;
    }

    /// <summary>Says STARTTLS and does the handshake.</summary>
    public async Task StartTlsAsync(SslProtocols protocols = SslProtocols.None, string host = "mx.example.test", X509Certificate2? certificate = null)
    {
        var reply = await AskAsync("STARTTLS");
        if (!reply.StartsWith("220", StringComparison.Ordinal))
            throw new InvalidOperationException(reply);
        await HandshakeAsync(protocols, host, certificate);
    }

    /// <summary>Does the handshake.</summary>
    public async Task HandshakeAsync(SslProtocols protocols = SslProtocols.None, string host = "mx.example.test", X509Certificate2? certificate = null)
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? null : new X509CertificateCollection { certificate },
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
        });
        _stream = tls;
    }

    /// <summary>Sends octets, one for each character.</summary>
    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends octets.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _stream.WriteAsync(octets);

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

    /// <summary>Reads one reply, lines joined with a line feed and without CRLF; empty at the end of the output.</summary>
    public async Task<string> ReadReplyAsync()
    {
        var reply = new StringBuilder();
        while (true)
        {
            var end = _received.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                var count = await _stream.ReadAsync(_chunk);
                if (count == 0)
                    return reply.ToString();
                _received += Encoding.ASCII.GetString(_chunk.AsSpan(0, count));
                continue;
            }

            var line = _received[..end];
            _received = _received[(end + 2)..];
            reply.Append(line);
            if (line[3] != '-')
                return reply.ToString();
            reply.Append('\n');
        }
    }

    /// <summary>Ends the client's side of the wire without a close_notify; a cause makes it a broken connection.</summary>
    public void Hangup(Exception? cause = null) => _toServer.Writer.Complete(cause);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await Completion;
        Tls?.Dispose();
    }
}
