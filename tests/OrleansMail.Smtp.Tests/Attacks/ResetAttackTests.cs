namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class ResetAttackTests
{
    private const int Attackers = 100;

    [Fact]
    public async Task Connections_reset_inside_a_message_abort_their_sinks_and_leave_nothing_open()
    {
        await using var listener = await SmtpListener.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Attackers).Select(async number =>
        {
            var client = await AttackClient.GreetAsync(listener.EndPoint);
            await client.SendAsync("MAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n");
            for (var i = 0; i < 3; i++)
                await client.ReadReplyAsync();
            await client.SendAsync(new string('x', number * 1000) + (number % 2 == 0 ? "\r\n." : "\r\n.\r"));
            client.Reset();
        }));

        await ProcessResources.UntilAsync(() => listener.Server.Sessions == 0, "The sessions end.");
        Assert.Equal(Attackers, listener.Delivery.Aborted);
        Assert.Equal(0, listener.Delivery.OpenSinks);
        Assert.Equal(0, listener.Server.Transactions);
        Assert.Empty(listener.Delivery.Messages);
    }
}
