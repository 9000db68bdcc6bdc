using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Text;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>A client in the same process that has an address and can speak TLS; it waits for nothing longer than ten seconds.</summary>
internal sealed class PipedClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly byte[] _chunk = new byte[16 * 1024];
    private readonly PipeStream _wire;
    private readonly Task _session;
    private string _received = "";
    private Stream _stream;

    /// <summary>Opens a session.</summary>
    public PipedClient(SmtpServer server, IPEndPoint peer, SmtpListenerOptions listener)
    {
        _stream = _wire = new PipeStream(_toClient.Reader, _toServer.Writer);
        _session = server.RunAsync(new DuplexPipe(_toServer.Reader, _toClient.Writer), peer, null, listener);
    }

    /// <summary>Sends octets, one for each character, in pieces of a length.</summary>
    public async Task SendAsync(string text, int pieces)
    {
        _wire.ChunkSize = pieces;
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        _wire.ChunkSize = int.MaxValue;
    }

    /// <summary>Does a TLS handshake.</summary>
    public async Task HandshakeAsync()
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "mx.example.test",
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
        }).WaitAsync(Patience);
        _stream = tls;
    }

    /// <summary>The lines of the next reply; none when the session is over.</summary>
    public async Task<IReadOnlyList<string>> ReadReplyAsync()
    {
        var lines = new List<string>();
        while (lines.Count == 0 || lines[^1] is [_, _, _, '-', ..])
        {
            if (await ReadLineAsync() is not { } line)
                break;
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Sends no more, and waits for the end of the session.</summary>
    public async Task EndAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _session.WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await _session.WaitAsync(Patience);
        await _stream.DisposeAsync();
    }

    private async Task<string?> ReadLineAsync()
    {
        int end;
        while ((end = _received.IndexOf("\r\n", StringComparison.Ordinal)) < 0)
        {
            var count = await _stream.ReadAsync(_chunk).AsTask().WaitAsync(Patience);
            if (count == 0)
                return _received.Length == 0 ? null : throw new InvalidDataException($"A reply without an end: {_received}");
            _received += Encoding.Latin1.GetString(_chunk.AsSpan(0, count));
        }

        var line = _received[..end];
        _received = _received[(end + 2)..];
        return line;
    }
}
