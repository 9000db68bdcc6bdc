using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class FloodTests
{
    private const int Flood = 100_000;
    private const int Batch = 1000;

    [Fact]
    public async Task A_peer_that_takes_no_replies_is_not_read_any_further()
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        var batch = string.Concat(Enumerable.Repeat("NOOP\r\n", Batch));
        var sends = new List<Task>();
        do
            sends.Add(client.SendAsync(batch));
        while (await Task.WhenAny(sends[^1], Task.Delay(200)) == sends[^1] && sends.Count < Flood / Batch);

        Assert.InRange(sends.Count, 1, 50); // what two pipes of 64 KiB and one batch of replies hold
        client.Hangup();
        await client.ReadToEndAsync();
        await Task.WhenAll(sends);
    }

    [Fact]
    public async Task A_flood_of_recipients_keeps_no_more_than_the_limit()
    {
        await using var engine = new Engine();
        SmtpTransaction? transaction = null;
        engine.Delivery.OnRecipient = (one, _) =>
        {
            transaction = one;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        var batch = string.Concat(Enumerable.Repeat("RCPT TO:<ok@example.test>\r\n", Batch));
        var refused = 0;
        for (var sent = 0; sent < Flood / 10; sent += Batch)
        {
            var send = client.SendAsync(batch);
            for (var i = 0; i < Batch; i++)
                refused += (await client.ReadReplyAsync()).StartsWith("452 4.5.3", StringComparison.Ordinal) ? 1 : 0;
            await send;
        }

        Assert.Equal(Flood / 10 - 1000, refused);
        Assert.Equal(1000, transaction!.Recipients.Count);
        Assert.StartsWith("250", await client.AskAsync("RSET"));
    }

    [Fact]
    public async Task Many_long_lines_in_one_read_are_answered_one_by_one_until_there_are_too_many()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        var send = client.SendAsync(string.Concat(Enumerable.Repeat(new string('x', 1100) + "\r\n", 100)));
        var replies = (await client.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(Enumerable.Repeat("500", 20).Append("421"), replies.Select(reply => reply[..3]));
        await send;
    }
}
