using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>What counts as a mistake, and what wipes the slate.</summary>
public sealed class MistakeTests
{
    private const int Many = 60;

    [Fact]
    public async Task A_limit_of_0_is_none()
    {
        await using var engine = new Engine(static options => (options.MaxErrors, options.MaxUnknownRecipients) = (0, 0));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        for (var i = 0; i < Many; i++)
        {
            Assert.StartsWith("500", await client.AskAsync("WHAT"));
            Assert.StartsWith("550", await client.AskAsync("RCPT TO:<no@example.test>"));
        }
    }

    [Fact]
    public async Task A_recipient_that_is_deferred_is_no_mistake_and_does_not_shield_the_next()
    {
        await using var engine = new Engine(static options => (options.MaxErrors, options.MaxUnknownRecipients) = (1, 1));
        engine.Delivery.OnRecipient = static (_, _) => new(RecipientDecision.Refuse(new SmtpReply(450, new(4, 2, 1), "later")));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        for (var i = 0; i < 5; i++)
            Assert.StartsWith("450", await client.AskAsync("RCPT TO:<a@b.test>"));

        Assert.StartsWith("500", await client.AskAsync("WHAT"));
        Assert.StartsWith("421 4.7.0", await client.AskAsync("WHAT"));
    }

    [Fact]
    public async Task An_accepted_message_forgives_unknown_recipients_too()
    {
        await using var engine = new Engine(static options => options.MaxUnknownRecipients = 2);
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var round = 0; round < 3; round++)
        {
            await client.AskAsync("MAIL FROM:<>");
            for (var i = 0; i < 2; i++)
                Assert.StartsWith("550", await client.AskAsync("RCPT TO:<no@example.test>"));
            await client.AskAsync("RCPT TO:<ok@example.test>");
            await client.AskAsync("DATA");
            Assert.StartsWith("250", await client.AskAsync("."));
        }
    }

    [Fact]
    public async Task A_refused_message_forgives_nothing()
    {
        await using var engine = new Engine(static options => options.MaxErrors = 2);
        engine.Delivery.OnComplete = static _ => new(new SmtpReply(451, new(4, 3, 0), "not now"));
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith("500", await client.AskAsync("WHAT"));
            await client.BeginDataAsync();
            Assert.StartsWith("451", await client.AskAsync("."));
        }

        Assert.StartsWith("421 4.7.0", await client.AskAsync("WHAT"));
    }

    [Fact]
    public async Task A_421_of_the_delivery_closes_the_session()
    {
        await using var engine = new Engine();
        engine.Delivery.OnSender = static _ => new(new SmtpReply(421, new(4, 7, 0), "enough"));
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("421 4.7.0 enough", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal("", await client.ReadReplyAsync());
        await client.Completion;
    }

    [Theory, InlineData(0), InlineData(1)]
    public async Task A_timeout_without_end_never_runs_out(int which)
    {
        TimeSpan[] limits = [Timeout.InfiniteTimeSpan, TimeSpan.MaxValue];
        await using var engine = new Engine(options => (options.Timeouts.Command, options.Timeouts.SessionAge) = (limits[which], limits[which]));
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var day = 0; day < 3; day++)
            engine.Time.Advance(TimeSpan.FromHours(8));

        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }
}
