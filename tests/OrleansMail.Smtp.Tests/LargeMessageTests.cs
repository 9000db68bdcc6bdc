using System.Net.Sockets;
using System.Text;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>A message of 1 GB with <c>ORLEANSMAIL_TESTS_LONG=1</c>, of 128 MB otherwise.</summary>
public sealed class LargeMessageTests
{
    private const long Allowed = 64 * 1024 * 1024;

    [Fact]
    public async Task A_large_message_streams_through_with_flat_memory()
    {
        var size = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 1L << 30 : 128L << 20;
        var delivery = new MemoryDelivery { Keeps = false };
        var stored = 0L;
        var peak = 0L;
        delivery.OnWrite = content =>
        {
            stored += content.Length;
            peak = Math.Max(peak, Environment.WorkingSet);
            return default;
        };
        await using var listener = await SmtpListener.StartAsync(options => options.MaxMessageBytes = 2L << 30, delivery);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await reader.ReadLineAsync();
        await SendAsync(stream, "HELO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n");
        for (var i = 0; i < 4; i++)
            await reader.ReadLineAsync();
        await SendAsync(stream, "Subject: large\r\n\r\n");
        var chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 4096 / 78 * 16)));
        var idle = Environment.WorkingSet;

        var sent = 18L;
        for (; sent < size; sent += chunk.Length)
            await stream.WriteAsync(chunk);
        await SendAsync(stream, ".\r\n");

        Assert.StartsWith("250", await reader.ReadLineAsync());
        Assert.Equal(sent, stored);
        Assert.InRange(peak - idle, long.MinValue, Allowed);
    }

    private static Task SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();
}
