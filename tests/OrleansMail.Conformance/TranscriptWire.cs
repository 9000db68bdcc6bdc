using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Conformance;

/// <summary>What came instead of a reply, or the reply.</summary>
internal enum WireEvent
{
    Reply,
    Closed,
    Quiet,
    Garbled,
}

/// <summary>A reply as read from the wire.</summary>
internal sealed record WireReply(WireEvent Event, int Code, IReadOnlyList<string> Lines)
{
    public string Text => string.Join('\n', Lines);
}

/// <summary>
/// A client's socket that reads in the background, so that a server that answers while it is sent to never blocks both sides.
/// </summary>
internal sealed class TranscriptWire : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly MemoryStream _received = new();
    private Stream _stream;
    private Task<int>? _read;
    private readonly byte[] _chunk = new byte[64 * 1024];
    private bool _ended;

    private TranscriptWire(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public bool HasUnread => _received.Length > 0;

    public static async Task<TranscriptWire> ConnectAsync(IPEndPoint target)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target);
        return new TranscriptWire(socket);
    }

    public async Task SendAsync(byte[] octets)
    {
        try
        {
            var write = _stream.WriteAsync(octets).AsTask();
            while (!write.IsCompleted)
                await Task.WhenAny(write, FillAsync(TimeSpan.FromMilliseconds(50)));
            await write;
        }
        catch (IOException)
        {
            // The server closed: the replies that are still to be read tell whether it was allowed to.
        }
    }

    public async Task StartTlsAsync()
    {
        _received.SetLength(0);
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "mx.example.test",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null, // test servers sign their own
        });
        _stream = tls;
        _read = null;
    }

    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    public void Close(string how)
    {
        if (how == "rst")
            _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async Task<WireReply> ReadReplyAsync(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        var lines = new List<string>();
        var code = 0;
        while (true)
        {
            while (TakeLine() is { } line)
            {
                if (Judge(line, code, lines.Count) is { } complaint)
                    return new(WireEvent.Garbled, 0, [complaint]);
                code = int.Parse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture);
                lines.Add(line.Length > 6 ? line[4..^2] : "");
                if (line[3] != '-')
                    return new(WireEvent.Reply, code, lines);
            }

            if (_ended)
                return new(WireEvent.Closed, 0, []);
            var left = deadline - Environment.TickCount64;
            if (left <= 0)
                return new(WireEvent.Quiet, 0, []);
            await FillAsync(TimeSpan.FromMilliseconds(left));
        }
    }

    public async Task<bool> WaitForCloseAsync(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (!_ended)
        {
            var left = deadline - Environment.TickCount64;
            if (left <= 0)
                return false;
            await FillAsync(TimeSpan.FromMilliseconds(left));
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (_read is not null)
            await ((Task)_read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string? Judge(string line, int code, int count)
    {
        if (!line.EndsWith("\r\n", StringComparison.Ordinal))
            return $"reply line ends with a bare LF: {line.TrimEnd()}";
        if (line.Length < 5 || !line.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9').Equals(false) || (line.Length > 5 && line[3] is not (' ' or '-')))
            return $"not a reply line: {line.TrimEnd()}";
        if (count > 0 && int.Parse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture) != code)
            return $"code changes inside one reply: {line.TrimEnd()}";
        return line.Length > 512 ? "reply line longer than 512 octets" : null;
    }

    private string? TakeLine()
    {
        var all = _received.GetBuffer().AsSpan(0, (int)_received.Length);
        var end = all.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        var line = Encoding.Latin1.GetString(all[..(end + 1)]);
        var rest = all[(end + 1)..].ToArray();
        _received.SetLength(0);
        _received.Write(rest);
        return line;
    }

    private async Task FillAsync(TimeSpan timeout)
    {
        if (_ended)
        {
            await Task.Delay(timeout);
            return;
        }

        _read ??= _stream.ReadAsync(_chunk).AsTask();
        if (await Task.WhenAny(_read, Task.Delay(timeout)) != _read)
            return;
        var read = _read;
        _read = null;
        var count = read.IsCompletedSuccessfully ? await read : 0;
        _ended = count == 0;
        _received.Write(_chunk, 0, count);
    }
}
