using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class ReplySeenTests
{
    private const string Message = "Subject: x\r\n\r\nbody\r\n.\r\n";

    [Fact]
    public async Task Quit_after_the_reply_was_read_means_seen()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal(0, engine.Delivery.Seen);

        Assert.StartsWith("221", await client.AskAsync("QUIT"));
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task In_lmtp_one_recipient_that_has_the_message_is_enough()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        engine.Delivery.OnComplete = static message => new(message.Route == 2 ? new SmtpReply(452, new(4, 2, 2), "full") : null);
        await using var client = await Conversation.GreetAsync(engine.Server, listener: new SmtpListenerOptions { Lmtp = true });
        foreach (var line in new[] { "MAIL FROM:<>", "RCPT TO:<1@example.test>", "RCPT TO:<2@example.test>", "DATA" })
            await client.AskAsync(line);
        await client.SendAsync(Message);
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("452", await client.ReadReplyAsync());

        Assert.StartsWith("221", await client.AskAsync("QUIT"));
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task Quit_pipelined_behind_the_message_means_nothing()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message + "QUIT\r\n");

        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("221", await client.ReadReplyAsync());
        await client.Completion;
        Assert.Equal(0, engine.Delivery.Seen);
    }

    [Fact]
    public async Task Octets_that_arrive_while_the_message_is_stored_mean_nothing_until_more_follow()
    {
        await using var engine = new Engine();
        var (gate, stores) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Delivery.OnComplete = async _ =>
        {
            stores.SetResult();
            await gate.Task;
            return null;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        await stores.Task; // so that the rest comes in a read of its own
        await client.SendAsync("NOO");
        gate.SetResult();
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal(0, engine.Delivery.Seen);

        Assert.StartsWith("250", await client.AskAsync("P"));
        Assert.Equal(1, engine.Delivery.Seen);
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task Octets_that_arrive_while_the_message_is_stored_mean_nothing_when_the_connection_ends()
    {
        await using var engine = new Engine();
        var (gate, stores) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Delivery.OnComplete = async _ =>
        {
            stores.SetResult();
            await gate.Task;
            return null;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        await stores.Task; // so that the rest comes in a read of its own
        await client.SendAsync("NOOP\r\nNOO");
        gate.SetResult();
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("250", await client.ReadReplyAsync());
        client.Hangup();
        await client.Completion;

        Assert.Equal(0, engine.Delivery.Seen);
    }

    [Fact]
    public async Task The_end_of_the_connection_means_nothing()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        await client.ReadReplyAsync();
        client.Hangup();
        await client.Completion;

        Assert.Equal(0, engine.Delivery.Seen);
    }

    [Fact]
    public async Task A_refused_message_has_no_reply_to_be_seen()
    {
        await using var engine = new Engine();
        engine.Delivery.OnComplete = static _ => new(new SmtpReply(451, new(4, 3, 0), "Try again"));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        Assert.StartsWith("451", await client.ReadReplyAsync());
        await client.AskAsync("QUIT");

        Assert.Equal(0, engine.Delivery.Seen);
    }

    [Fact]
    public async Task Each_of_several_messages_is_seen_once()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
        {
            await client.BeginDataAsync();
            await client.SendAsync(Message);
            await client.ReadReplyAsync();
            Assert.Equal(i, engine.Delivery.Seen);
        }

        await client.AskAsync("RSET");
        Assert.Equal(3, engine.Delivery.Seen);
    }
}
