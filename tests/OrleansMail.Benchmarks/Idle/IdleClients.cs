using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Benchmarks.Idle;

/// <summary>Connections that have said EHLO and say nothing more.</summary>
internal sealed class IdleClients : IAsyncDisposable
{
    private const int AtOnce = 64;

    // Fewer than the ports that the kernel gives to one address.
    private const int PerAddress = 20_000;

    private static readonly byte[] Ehlo = "EHLO bench.test\r\n"u8.ToArray();
    private static readonly byte[] StartTls = "STARTTLS\r\n"u8.ToArray();

    private readonly List<Stream> _streams = [];

    /// <summary>Opens them.</summary>
    /// <exception cref="InvalidOperationException">A server answered otherwise than it should, as when it offers no TLS.</exception>
    public static async Task<IdleClients> OpenAsync(IPEndPoint server, int count, IdleTls tls, CancellationToken cancellationToken)
    {
        var clients = new IdleClients();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (i, ct) =>
        {
            var stream = await ConnectAsync(server, i / PerAddress, tls, ct);
            lock (clients._streams)
                clients._streams.Add(stream);
        });
        return clients;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
            await stream.DisposeAsync();
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint server, int address, IdleTls tls, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (address > 0)
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + address)]), 0));
        await socket.ConnectAsync(server, cancellationToken);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls == IdleTls.Implicit)
            stream = await SecureAsync(stream, cancellationToken);
        await ExpectAsync(stream, "220", cancellationToken);
        await SayAsync(stream, Ehlo, "250", cancellationToken);
        if (tls == IdleTls.StartTls)
        {
            await SayAsync(stream, StartTls, "220", cancellationToken);
            stream = await SecureAsync(stream, cancellationToken);
            await SayAsync(stream, Ehlo, "250", cancellationToken);
        }

        return stream;
    }

    private static async Task<Stream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "bench.test", RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
            cancellationToken);
        return secure;
    }

    private static async ValueTask SayAsync(Stream stream, byte[] line, string expected, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(line, cancellationToken);
        await ExpectAsync(stream, expected, cancellationToken);
    }

    private static async ValueTask ExpectAsync(Stream stream, string expected, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        var text = "";
        while (!IsWhole(text))
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                throw new InvalidOperationException("The server closed the connection.");
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        if (!text.StartsWith(expected, StringComparison.Ordinal))
            throw new InvalidOperationException($"The server said: {text}");
    }

    private static bool IsWhole(string text)
    {
        if (!text.EndsWith('\n'))
            return false;
        var line = text.LastIndexOf('\n', text.Length - 2) + 1;
        return text[line + 3] == ' ';
    }
}
