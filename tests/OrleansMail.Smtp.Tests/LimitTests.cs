using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class LimitTests
{
    [Theory, InlineData(999, "250"), InlineData(1000, "250"), InlineData(1001, "552 5.3.4")]
    public async Task A_message_may_have_exactly_the_limit_and_the_connection_stays_in_step(int octets, string answer)
    {
        await using var engine = new Engine(options => options.MaxMessageBytes = 1000);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.." + new string('x', octets - 14 - 1 - 2) + "\r\n.\r\nNOOP\r\n");

        Assert.StartsWith(answer, await client.ReadReplyAsync());
        Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());
        Assert.Equal(octets > 1000 ? 1 : 0, engine.Delivery.Aborted);
        Assert.All(engine.Delivery.Messages, message => Assert.Equal(octets, message.Content.Length));
    }

    [Theory, InlineData("1000", "250"), InlineData("1001", "552 5.3.4"), InlineData("99999999999999999999", "552 5.3.4"),
        InlineData("999999999999999999999", "501 5.5.4"), InlineData("", "501 5.5.4"), InlineData("-1", "501 5.5.4")]
    public async Task A_declared_size_is_held_against_the_limit(string size, string answer)
    {
        await using var engine = new Engine(options => options.MaxMessageBytes = 1000);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith(answer, await client.AskAsync($"MAIL FROM:<c@d.test> SIZE={size}"));
    }

    [Fact]
    public async Task A_limit_lowered_for_a_recipient_counts()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (transaction, _) =>
        {
            transaction.MaxMessageBytes = 20;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: more than twenty\r\n\r\n.\r\n");
        Assert.StartsWith("552 5.3.4", await client.ReadReplyAsync());
        await client.AskAsync("MAIL FROM:<c@d.test> SIZE=21");

        Assert.StartsWith("552 5.3.4", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }

    [Fact]
    public async Task One_recipient_more_than_allowed_gets_452()
    {
        await using var engine = new Engine(options => options.MaxRecipients = 3);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        for (var i = 0; i < 3; i++)
            Assert.StartsWith("250 2.1.5", await client.AskAsync($"RCPT TO:<ok{i}@example.test>"));

        Assert.StartsWith("452 4.5.3", await client.AskAsync("RCPT TO:<ok3@example.test>"));
        Assert.StartsWith("354", await client.AskAsync("DATA"));
    }

    [Fact]
    public async Task One_mistake_more_than_allowed_closes_with_421()
    {
        await using var engine = new Engine(options => options.MaxErrors = 3);
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
            Assert.StartsWith("500", await client.AskAsync("WHAT"));

        Assert.StartsWith("421 4.7.0", await client.AskAsync("WHAT"));
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Our_own_4xx_never_count_as_mistakes()
    {
        await using var engine = new Engine(options => options.MaxErrors = 1);
        engine.Delivery.OnSender = static _ => throw new InvalidOperationException("store");
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 5; i++)
            Assert.StartsWith("451 4.3.0", await client.AskAsync("MAIL FROM:<c@d.test>"));
    }

    [Fact]
    public async Task Unknown_recipients_have_a_limit_of_their_own()
    {
        await using var engine = new Engine(options => (options.MaxErrors, options.MaxUnknownRecipients) = (1, 3));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        for (var i = 0; i < 3; i++)
            Assert.StartsWith("550 5.1.1", await client.AskAsync("RCPT TO:<no@example.test>"));

        Assert.StartsWith("421 4.7.0", await client.AskAsync("RCPT TO:<no@example.test>"));
    }

    [Fact]
    public async Task An_accepted_message_forgives_mistakes()
    {
        await using var engine = new Engine(options => options.MaxErrors = 2);
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
        {
            Assert.StartsWith("500", await client.AskAsync("WHAT"));
            await client.BeginDataAsync();
            await client.SendAsync("Subject: x\r\n\r\n.\r\n");
            Assert.StartsWith("250", await client.ReadReplyAsync());
        }
    }
}
