using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class OutcomeTests
{
    [Theory]
    [InlineData("250 a,250 b", "250 2.0.0 a")]
    [InlineData("250 a,550 b", "550 5.0.0 b")]
    [InlineData("550 a,451 b", "451 4.0.0 b")]
    [InlineData("452 a,554 b,250 c", "452 4.0.0 a")]
    [InlineData("250 a,throw", "451 4.3.0 Requested action aborted: local error in processing")]
    public async Task Several_sinks_give_one_honest_reply(string outcomes, string answer)
    {
        var replies = outcomes.Split(',');
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        engine.Delivery.OnComplete = message => replies[message.Route] == "throw"
            ? throw new IOException("disk")
            : new(new SmtpReply(int.Parse(replies[message.Route][..3]), new(replies[message.Route][0] - '0', 0, 0), replies[message.Route][4..]));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        for (var i = 0; i < replies.Length; i++)
            await client.AskAsync($"RCPT TO:<{i}@d.test>");
        await client.AskAsync("DATA");
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        Assert.Equal(answer, await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Recipients_of_one_factory_share_a_sink()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        foreach (var recipient in (string[])["1@a.test", "2@b.test", "1@c.test"])
            await client.AskAsync($"RCPT TO:<{recipient}>");
        await client.AskAsync("DATA");
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        await client.ReadReplyAsync();

        Assert.Equal(["1@a.test 1@c.test", "2@b.test"], engine.Delivery.Messages.Select(message => string.Join(' ', message.Recipients.Select(one => one.Path))));
    }

    [Fact]
    public async Task A_sink_that_fails_while_writing_is_answered_after_the_end_and_all_are_aborted()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        engine.Delivery.OnWrite = static _ => throw new IOException("disk");
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        await client.AskAsync("RCPT TO:<1@d.test>");
        await client.AskAsync("RCPT TO:<2@d.test>");
        await client.AskAsync("DATA");
        await client.SendAsync("Subject: x\r\n\r\nMAIL FROM:<no@command.test>\r\n.\r\n");

        Assert.StartsWith("451 4.3.0", await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
        Assert.Equal(2, engine.Delivery.Aborted);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody\r\n", "Subject: x\r\n\r\nbody\r\n", false)]
    [InlineData("\r\nbody\r\n", "\r\nbody\r\n", false)]
    [InlineData("body\r\n", "\r\nbody\r\n", true)]
    [InlineData("", "", false)]
    [InlineData(" by me: folded\r\n", "\r\n by me: folded\r\n", true)]
    [InlineData("\tby me: folded\r\n", "\r\n\tby me: folded\r\n", true)]
    [InlineData(". by me: folded\r\n", "\r\n by me: folded\r\n", true)]
    [InlineData("..: x\r\n", ".: x\r\n", false)]
    public async Task Text_without_a_header_gets_an_empty_line_in_front(string sent, string stored, bool lacksHeader)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(sent + ".\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());

        var message = Assert.Single(engine.Delivery.Messages);
        Assert.Equal(stored, Text.Of(message.Content));
        Assert.Equal(lacksHeader, message.Transaction.LacksHeader);
    }

    [Fact]
    public async Task A_first_line_without_end_or_colon_is_not_waited_for_beyond_a_bound()
    {
        await using var engine = new Engine();
        var written = new TaskCompletionSource();
        engine.Delivery.OnWrite = _ =>
        {
            written.TrySetResult();
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(new string('x', 1000));
        await written.Task;
    }
}
