using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace OrleansMail.Testing.Processes;

/// <summary>A bare SMTP client that says exactly what the test tells it, each reply bounded in time.</summary>
public sealed class SmtpTalk : IDisposable
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(60);

    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly StreamReader reader;
    private readonly List<string> lines = [];

    private SmtpTalk(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket);
        reader = new StreamReader(stream, Encoding.Latin1);
    }

    /// <summary>Connects, reads the greeting and says EHLO, or LHLO where the server speaks LMTP.</summary>
    public static async Task<SmtpTalk> ConnectAsync(IPEndPoint server, string verb = "EHLO")
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            var talk = new SmtpTalk(socket);
            await talk.ExpectAsync("220");
            await talk.SayAsync($"{verb} client.example", "250");
            return talk;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says one command and returns the reply's last line, which must begin as told.</summary>
    public async Task<string> SayAsync(string command, string expected)
    {
        await SendAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        return await ExpectAsync(expected);
    }

    /// <summary>Sends octets as they are.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> octets) => stream.WriteAsync(octets);

    /// <summary>The lines of the reply that was read last, in order.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Reads one reply and returns its last line.</summary>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async Task<string> ReadReplyAsync()
    {
        using var timeout = new CancellationTokenSource(ReplyTimeout);
        lines.Clear();
        while (true)
        {
            var line = await reader.ReadLineAsync(timeout.Token) ?? throw new IOException("The server closed the connection.");
            lines.Add(line);
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
    }

    /// <summary>Reads one reply, which must begin as told, and returns its last line.</summary>
    public async Task<string> ExpectAsync(string beginning)
    {
        var reply = await ReadReplyAsync();
        Assert.StartsWith(beginning, reply, StringComparison.Ordinal);
        return reply;
    }

    /// <summary>MAIL, RCPT for each recipient and DATA, each accepted.</summary>
    public async Task BeginMessageAsync(string sender, params string[] recipients)
    {
        await SayAsync($"MAIL FROM:<{sender}>", "250");
        foreach (var recipient in recipients)
            await SayAsync($"RCPT TO:<{recipient}>", "250");
        await SayAsync("DATA", "354");
    }

    /// <summary>Sends one whole message and returns the id that the server queued it as, the last word of the reply.</summary>
    public async Task<string> DeliverAsync(string sender, string recipient, byte[] content, string expected = "250 2.0.0 Ok: queued as ")
    {
        await BeginMessageAsync(sender, recipient);
        await SendAsync(DotStuffing.Encode(content));
        var reply = await ExpectAsync(expected);
        return reply.Split(' ')[^1];
    }

    /// <summary>Ends the connection without a word, as a client that lost its network does.</summary>
    public void Abort()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
        socket.Dispose();
    }
}
