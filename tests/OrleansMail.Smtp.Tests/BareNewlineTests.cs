using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class BareNewlineTests
{
    public static TheoryData<string> Contents =>
    [
        "Subject: a\nX-Spam: no\r\n\r\nbody\r\n", "Subject: a\r\n\r\nbo\rdy\r\n", "\n\r\n", "a: b\r\n\r\n\r\r\n", "a: b\r\n\r\nx\n.\r\n.y\r\n", "a: b\r\n\r\nx\r.\r\n",
    ];

    [Theory, MemberData(nameof(Contents))]
    public async Task They_are_refused_at_the_real_end_of_data_where_the_server_rejects_them(string content)
    {
        await using var engine = new Engine(static options => options.BareNewlines = SmtpBareNewlines.Reject);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(content + "MAIL FROM:<no@command.test>\r\n.\r\nNOOP\r\n");

        Assert.StartsWith("550 5.6.11", await client.ReadReplyAsync());
        Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
        Assert.Empty(engine.Delivery.Messages);
    }

    [Theory]
    [InlineData(SmtpBareNewlines.Reject, null, "550")]
    [InlineData(SmtpBareNewlines.Reject, SmtpBareNewlines.Accept, "250")]
    [InlineData(SmtpBareNewlines.Accept, null, "250")]
    [InlineData(SmtpBareNewlines.Accept, SmtpBareNewlines.Reject, "550")]
    public async Task A_listener_may_say_otherwise_than_its_server(SmtpBareNewlines server, SmtpBareNewlines? listener, string answer)
    {
        await using var engine = new Engine(options => options.BareNewlines = server);
        await using var client = await Conversation.GreetAsync(engine.Server, listener: new SmtpListenerOptions { BareNewlines = listener });
        await client.BeginDataAsync();
        await client.SendAsync("Subject: a\nX-Spam: no\r\n\r\n.\r\n");

        Assert.StartsWith(answer, await client.ReadReplyAsync());
        Assert.All(engine.Delivery.Messages, static message => Assert.True(message.Transaction.HasBareNewlines));
    }

    [Fact]
    public async Task A_message_without_them_passes_where_they_are_rejected()
    {
        await using var engine = new Engine(static options => options.BareNewlines = SmtpBareNewlines.Reject);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: a\r\n\r\n..dot\r\n\r\n.\r\n");

        Assert.StartsWith("250", await client.ReadReplyAsync());
    }
}
