using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>What a hook breaks costs neither the session its replies nor a sink its end.</summary>
public sealed class HookTests
{
    [Fact]
    public async Task A_hook_for_long_lines_that_throws_does_not_end_the_session()
    {
        await using var engine = new Engine(static options => options.OnLineTooLong = static _ => throw new InvalidOperationException());
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("500 5.5.2", await client.AskAsync("NOOP " + new string('x', 5000)));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_hook_for_timeouts_that_throws_costs_neither_the_reply_nor_the_abort()
    {
        await using var engine = new Engine(static options => options.OnTimeout = static (_, _) => throw new InvalidOperationException());
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(4));

        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2", await reply);
        await client.Completion;
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
    }

    [Fact]
    public async Task A_delivery_that_throws_at_a_recipient_leaves_the_transaction_as_it_was()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (_, path) => path.LocalPart == "bad" ? throw new InvalidOperationException() : default;
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        Assert.StartsWith("451 4.3.0", await client.AskAsync("RCPT TO:<bad@example.test>"));
        Assert.StartsWith("503", await client.AskAsync("DATA"));

        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<ok@example.test>"));
        Assert.StartsWith("354", await client.AskAsync("DATA"));
    }

    [Fact]
    public async Task A_custom_command_may_reset_and_close()
    {
        await using var engine = new Engine(static options => options.Commands["XBYE"] = new SmtpCommand(SmtpPhases.Any, static (session, _, _) =>
        {
            session.Reset();
            session.Close();
            return new(new SmtpReply(221, new(2, 0, 0), "bye"));
        }));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");

        Assert.Equal("221 2.0.0 bye", await client.AskAsync("XBYE"));
        Assert.Equal("", await client.ReadReplyAsync());
        Assert.Equal(0, engine.Server.Transactions);
    }
}
