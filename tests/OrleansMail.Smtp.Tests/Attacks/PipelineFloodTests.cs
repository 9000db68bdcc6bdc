using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class PipelineFloodTests
{
    private const int Flood = 100_000;
    private const long Endless = 32 * 1024 * 1024; // more than the system's buffers of two sockets
    private const long Allowed = 4 * 1024 * 1024; // 100,000 replies would be more, and so would be 100,000 recipients

    [Fact]
    public async Task A_hundred_thousand_NOOP_at_once_are_all_answered_and_none_is_kept()
    {
        await using var listener = await SmtpListener.StartAsync(static options => options.MaxCommandsWithoutTransaction = 0);
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        var flood = Repeat("NOOP\r\n", Flood);
        var before = ProcessResources.Managed();

        var send = client.SendAsync(flood);
        for (var i = 0; i < Flood; i++)
            Assert.StartsWith("250", await client.ReadReplyAsync());
        await send;

        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, Allowed);
        Assert.StartsWith("221", await client.AskAsync("QUIT"));
    }

    [Fact]
    public async Task Of_a_hundred_thousand_recipients_at_once_only_the_allowed_are_kept_and_stay_good()
    {
        await using var listener = await SmtpListener.StartAsync();
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        var flood = Repeat("RCPT TO:<ok@example.test>\r\n", Flood);
        var before = ProcessResources.Managed();

        var send = client.SendAsync(flood);
        var accepted = 0;
        for (var i = 0; i < Flood; i++)
            accepted += (await client.ReadReplyAsync()).StartsWith("250", StringComparison.Ordinal) ? 1 : 0;
        await send;

        Assert.Equal(1000, accepted);
        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, Allowed);
        await client.AskAsync("DATA");
        Assert.StartsWith("250", await client.AskAsync("Subject: x\r\n\r\n."));
        Assert.Equal(1000, listener.Delivery.Messages.Single().Recipients.Count);
    }

    [Fact]
    public async Task Clients_that_take_no_replies_are_not_read_any_further_and_given_up_in_time()
    {
        const int Attackers = 10;
        const int SystemBuffer = 16 * 1024;
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(static options => options.MaxCommandsWithoutTransaction = 0, time: time, sendBuffer: SystemBuffer);
        var clients = new List<AttackClient>();
        for (var i = 0; i < Attackers; i++)
            clients.Add(await AttackClient.ConnectAsync(listener.EndPoint, SystemBuffer));
        var batch = Repeat("NOOP\r\n", Flood / 10);
        var before = ProcessResources.Managed();

        Assert.All(await Task.WhenAll(clients.Select(client => SendUntilStuckAsync(client.Socket, batch))), static sent => Assert.InRange(sent, 0, Endless - 1));

        // For each what the transport reads ahead (1 MiB) and 64 KiB of replies; the rest waits with the system and the client.
        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, Attackers * 1280L * 1024);
        await ProcessResources.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return listener.Server.Sessions == 0;
            },
            "Sessions whose replies nobody takes end.");
        clients.ForEach(static client => client.Dispose());
    }

    // Octets that found room until nothing moved for a while.
    private static async Task<long> SendUntilStuckAsync(Socket socket, byte[] batch)
    {
        var sent = 0L;
        while (sent < Endless)
        {
            var send = socket.SendAsync(batch);
            if (await Task.WhenAny(send, Task.Delay(300)) != send)
                return sent;
            sent += await send;
        }

        return sent;
    }

    private static byte[] Repeat(string line, int times) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, times)));
}
