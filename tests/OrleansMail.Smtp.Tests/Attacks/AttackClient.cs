using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Smtp.Tests.Attacks;

/// <summary>A client that sends what it likes, and whose waits are bounded.</summary>
internal sealed class AttackClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _chunk = new byte[1024];
    private readonly StringBuilder _received = new();

    private AttackClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Connects; the greeting is the first line to read.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="receiveBuffer">What the system keeps for it before it reads, in octets; the system's choice by default.</param>
    public static async Task<AttackClient> ConnectAsync(IPEndPoint server, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } octets)
            socket.ReceiveBufferSize = octets;
        await socket.ConnectAsync(server).WaitAsync(Patience);
        return new AttackClient(socket);
    }

    /// <summary>Connects, reads the greeting and says EHLO.</summary>
    public static async Task<AttackClient> GreetAsync(IPEndPoint server)
    {
        var client = await ConnectAsync(server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO attacker.test");
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
            octets = octets[await Socket.SendAsync(octets).AsTask().WaitAsync(Patience)..];
    }

    /// <summary>Sends a line and reads its reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>Sends a whole message to a known recipient; the code of its reply.</summary>
    public async Task<string> DeliverAsync()
    {
        await SendAsync("MAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n");
        for (var i = 0; i < 3; i++)
            await ReadReplyAsync();
        return await AskAsync("Subject: good\r\n\r\nHello\r\n.");
    }

    /// <summary>Reads one reply, its last line only; empty when the server has closed.</summary>
    public async Task<string> ReadReplyAsync()
    {
        while (true)
        {
            if (TakeLine() is { } line)
            {
                if (line.Length < 4 || line[3] != '-')
                    return line;
                continue;
            }

            if (!await ReceiveAsync())
                return "";
        }
    }

    /// <summary>Reads until the server closes: each reply's last line.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        var replies = new List<string>();
        while (await ReadReplyAsync() is { Length: > 0 } reply)
            replies.Add(reply);
        return replies;
    }

    /// <summary>Closes without a goodbye: the server's side gets a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }

    public void Dispose() => Socket.Dispose();

    private string? TakeLine()
    {
        for (var i = 0; i + 1 < _received.Length; i++)
        {
            if (_received[i] != '\r' || _received[i + 1] != '\n')
                continue;
            var line = _received.ToString(0, i);
            _received.Remove(0, i + 2);
            return line;
        }

        return null;
    }

    private async Task<bool> ReceiveAsync()
    {
        try
        {
            var count = await Socket.ReceiveAsync(_chunk).WaitAsync(Patience);
            _received.Append(Encoding.Latin1.GetString(_chunk, 0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false; // the server has cut the connection
        }
    }
}
