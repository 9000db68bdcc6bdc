using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class SlowlorisTests
{
    private const int Attackers = 1000;

    private static readonly TimeSpan Drip = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_thousand_sockets_at_an_octet_in_two_seconds_delay_nobody_and_are_cut_when_their_time_is_over()
    {
        ProcessResources.RequireFiles(Attackers * 2 + 500);
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(time: time);
        var slow = new List<AttackClient>();
        for (var i = 0; i < Attackers; i++)
            slow.Add(await AttackClient.ConnectAsync(listener.EndPoint));
        await ProcessResources.UntilAsync(() => listener.Server.Sessions == Attackers, "All attackers have a session.");

        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(28); passed += Drip)
        {
            foreach (var client in slow)
                await client.SendAsync("N");
            var watch = Stopwatch.StartNew();
            Assert.StartsWith("250", await DeliverAsync(listener));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Good);
            time.Advance(Drip);
        }

        time.Advance(Drip + TimeSpan.FromSeconds(2)); // past the 30 s for a first command, which octets do not extend
        foreach (var client in slow)
        {
            Assert.StartsWith("220", await client.ReadReplyAsync());
            Assert.StartsWith("421 4.4.2", await client.ReadReplyAsync());
            client.Dispose();
        }

        await ProcessResources.UntilAsync(() => listener.Server.Sessions == 0, "All sessions end.");
    }

    private static async Task<string> DeliverAsync(SmtpListener listener)
    {
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        return await client.DeliverAsync();
    }
}
