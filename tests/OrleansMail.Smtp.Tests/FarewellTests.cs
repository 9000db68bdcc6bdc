using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace OrleansMail.Smtp.Tests;

public sealed class FarewellTests
{
    private const int Buffer = 4096;

    [Theory, InlineData(""), InlineData("QUIT\r\n")]
    public async Task A_peer_that_ends_without_taking_its_replies_is_cut_off(string last)
    {
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(static options => options.MaxCommandsWithoutTransaction = 0, time: time, sendBuffer: Buffer);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = Buffer };
        await client.ConnectAsync(listener.EndPoint);
        // More than the sockets hold, less than the pipe does.
        await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("NOOP\r\n", 3500)) + last));
        client.Shutdown(SocketShutdown.Send);
        while (listener.Server.Sessions > 0 || listener.Server.Watched == 0)
            await Task.Delay(1);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, listener.Server.Watched); // a slow peer still has time
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, listener.Server.Watched);
        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_peer_that_takes_its_replies_late_gets_them_all()
    {
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(static options => options.MaxCommandsWithoutTransaction = 0, time: time, sendBuffer: Buffer);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = Buffer };
        await client.ConnectAsync(listener.EndPoint);
        await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("NOOP\r\n", 3500)) + "QUIT\r\n"));
        client.Shutdown(SocketShutdown.Send);
        while (listener.Server.Sessions > 0)
            await Task.Delay(1);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1 + 3500 + 1, await ReadToEndAsync(client));
        for (var tenths = 0; tenths < 40 && listener.Server.Watched > 0; tenths++)
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Delay(5);
        }

        Assert.Equal(0, listener.Server.Watched); // known from the socket, before the time is over
    }

    private static async Task<int> ReadToEndAsync(Socket client)
    {
        var lines = 0;
        var chunk = new byte[4096];
        for (int count; (count = await client.ReceiveAsync(chunk)) > 0;)
            lines += chunk.AsSpan(0, count).Count((byte)'\n');
        return lines;
    }
}
