using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Benchmarks.Load;

/// <summary>A client connection past EHLO: sends octets, reads reply codes.</summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly byte[] Ehlo = "EHLO loadgen.test\r\n"u8.ToArray();
    private static readonly byte[] Quit = "QUIT\r\n"u8.ToArray();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Transactions begun on it.</summary>
    public int Transactions { get; set; }

    /// <summary>Connects and reads the replies to the connection and to EHLO.</summary>
    public async ValueTask OpenAsync(IPEndPoint target)
    {
        await _socket.ConnectAsync(target);
        await ExpectAsync(220);
        await SendAsync(Ehlo);
        await ExpectAsync(250);
    }

    /// <summary>Sends all of it.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
            octets = octets[await _socket.SendAsync(octets)..];
    }

    /// <summary>Reads a reply, which must have this code.</summary>
    public async ValueTask ExpectAsync(int code)
    {
        var received = await ReadReplyAsync();
        if (received != code)
            throw new LoadException($"{received} instead of {code}");
    }

    /// <summary>Takes leave; errors no longer matter.</summary>
    public async ValueTask QuitAsync()
    {
        try
        {
            await SendAsync(Quit);
            await ReadReplyAsync();
        }
        catch (Exception e) when (e is SocketException or LoadException or ObjectDisposedException)
        {
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReadReplyAsync()
    {
        while (true)
        {
            if (TryTakeReply(out var code))
                return code;
            if (_end == _received.Length)
                throw new LoadException("reply line too long");
            var count = await _socket.ReceiveAsync(_received.AsMemory(_end));
            if (count == 0)
                throw new LoadException("connection closed by the server");
            _end += count;
        }
    }

    private bool TryTakeReply(out int code)
    {
        code = 0;
        while (_received.AsSpan(_start, _end - _start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = _received.AsSpan(_start, length);
            _start += length + 1;
            if (line.Length < 3 || !Utf8Parser.TryParse(line[..3], out code, out _))
                throw new LoadException("not a reply");
            if (line.Length == 3 || line[3] != '-')
                return true;
        }

        _received.AsSpan(_start, _end - _start).CopyTo(_received);
        (_start, _end) = (0, _end - _start);
        return false;
    }
}

/// <summary>The server did not behave as a load expects.</summary>
internal sealed class LoadException(string message) : Exception(message);
