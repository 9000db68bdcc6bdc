using System.IO.Pipelines;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Limits;

/// <summary>What all sessions together may be, and what one may do in vain.</summary>
public sealed class ServerLimitTests
{
    [Fact]
    public async Task One_session_more_than_allowed_is_told_421_and_the_next_has_room_when_one_has_ended()
    {
        await using var engine = new Engine(static options => options.MaxConnections = 2);
        await using var first = await Conversation.GreetAsync(engine.Server);
        await using (var second = await Conversation.GreetAsync(engine.Server))
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal("421 4.3.2 mx.example.test Too many sessions, try again later\r\n", await AllAsync(engine));
            Assert.Equal((2, 2), (engine.Server.Sessions, engine.Server.Watched));
        }

        await using var third = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("250", await first.AskAsync("NOOP"));
    }

    [Fact]
    public async Task Who_sees_its_session_closed_has_room_for_another_at_once()
    {
        await using var engine = new Engine(static options => options.MaxConnections = 1);
        var input = new Pipe();
        var output = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false)); // seen in the very act of closing
        var next = NextGreetingAsync(output.Reader, engine);
        var session = engine.Server.RunAsync(new DuplexPipe(input.Reader, output.Writer));
        await input.Writer.WriteAsync("QUIT\r\n"u8.ToArray());

        Assert.StartsWith("220", await next);
        await session;
    }

    [Fact]
    public async Task Over_the_limit_nothing_is_read_and_a_handshake_is_not_spoiled_with_plaintext()
    {
        await using var engine = new Engine(static options => options.MaxConnections = 1);
        await using var first = await Conversation.GreetAsync(engine.Server);
        await using var second = Conversation.Start(engine.Server, listener: new SmtpListenerOptions { Tls = SmtpListenerTls.Implicit });

        Assert.Equal("", await second.ReadToEndAsync());
        Assert.True(second.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_drain_ends_though_somebody_is_turned_away_meanwhile()
    {
        await using var engine = new Engine(static options => options.MaxConnections = 1);
        await using var first = await Conversation.GreetAsync(engine.Server);
        await first.AskAsync("MAIL FROM:<>");
        var drain = engine.Server.DrainAsync(CancellationToken.None);
        await AllAsync(engine);
        Assert.False(drain.IsCompleted);
        await first.AskAsync("RSET");

        await drain;
    }

    [Fact]
    public async Task One_transaction_more_than_allowed_is_deferred_at_MAIL()
    {
        await using var engine = new Engine(static options => options.MaxTransactions = 2);
        await using var first = await Conversation.GreetAsync(engine.Server);
        await using var second = await Conversation.GreetAsync(engine.Server);
        await using var third = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("250", await first.AskAsync("MAIL FROM:<>"));
        Assert.StartsWith("250", await second.AskAsync("MAIL FROM:<>"));
        Assert.Equal("451 4.3.2 Too many messages at once, try again later", await third.AskAsync("MAIL FROM:<>"));
        Assert.Equal(2, engine.Server.Transactions);

        Assert.StartsWith("503", await third.AskAsync("RCPT TO:<ok@example.test>"));
        await first.AskAsync("RSET");
        Assert.StartsWith("250", await third.AskAsync("MAIL FROM:<>"));
    }

    [Fact]
    public async Task Transactions_that_begin_in_the_same_moment_do_not_pass_the_limit_together()
    {
        await using var engine = new Engine(static options => options.MaxTransactions = 1);
        var gate = new TaskCompletionSource();
        engine.Delivery.OnSender = async _ =>
        {
            await gate.Task;
            return null;
        };
        await using var first = await Conversation.GreetAsync(engine.Server);
        await using var second = await Conversation.GreetAsync(engine.Server);
        var replies = new[] { first.AskAsync("MAIL FROM:<>"), second.AskAsync("MAIL FROM:<>") };
        gate.SetResult();

        Assert.Equal(["250", "451"], (await Task.WhenAll(replies)).Select(static reply => reply[..3]).Order());
        Assert.Equal(1, engine.Server.Transactions);
    }

    [Theory, InlineData(9, "250"), InlineData(10, "250"), InlineData(11, "421 4.7.0 mx.example.test Too many commands without a message, closing connection")]
    public async Task Commands_that_bring_no_message_have_a_limit(int commands, string last)
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 10);
        await using var client = await Conversation.GreetAsync(engine.Server); // EHLO is one
        for (var i = 2; i < commands; i++)
            Assert.StartsWith("250", await client.AskAsync(i % 2 == 0 ? "NOOP" : "RSET"));

        Assert.StartsWith(last, await client.AskAsync("NOOP"));
        Assert.StartsWith(commands > 10 ? "" : commands > 9 ? "221" : "250", await client.AskAsync(commands > 9 ? "QUIT" : "NOOP"));
    }

    [Fact]
    public async Task A_transaction_that_is_dropped_again_and_again_counts_and_one_that_stays_open_is_no_way_around()
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 4);
        await using var client = await Conversation.GreetAsync(engine.Server);
        foreach (var line in new[] { "MAIL FROM:<>", "RSET", "MAIL FROM:<>", "RCPT TO:<ok@example.test>", "NOOP", "NOOP", "RCPT TO:<ok2@example.test>" })
            Assert.StartsWith("250", await client.AskAsync(line));

        Assert.StartsWith("421 4.7.0", await client.AskAsync("NOOP"));
        await client.Completion;
        Assert.Equal(0, engine.Server.Transactions);
    }

    [Theory, InlineData("BDAT 0", 3), InlineData("BDAT 1\r\nx", int.MaxValue)]
    public async Task Chunks_that_bring_nothing_count_as_commands_without_a_message(string chunk, int allowed)
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 4);
        await using var client = await Conversation.GreetAsync(engine.Server); // EHLO is one
        await client.BeginTransactionAsync();
        for (var i = 0; i < Math.Min(allowed, 20); i++)
        {
            await client.SendAsync(chunk + (chunk.EndsWith('x') ? "" : "\r\n"));
            Assert.StartsWith("250", await client.ReadReplyAsync());
        }

        Assert.StartsWith(allowed < 20 ? "421 4.7.0" : "250", await client.AskAsync("BDAT 0"));
    }

    [Fact]
    public async Task An_accepted_message_begins_the_count_of_commands_anew_and_our_own_4xx_never_count()
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 2);
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
        {
            await client.BeginDataAsync();
            await client.SendAsync("Subject: x\r\n\r\n.\r\n");
            Assert.StartsWith("250", await client.ReadReplyAsync());
            Assert.StartsWith("250", await client.AskAsync("NOOP"));
        }

        engine.Delivery.OnSender = static _ => throw new InvalidOperationException("store");
        for (var i = 0; i < 10; i++)
            Assert.StartsWith("451", await client.AskAsync("MAIL FROM:<>"));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.StartsWith("421", await client.AskAsync("NOOP"));
    }

    private static async Task<string> NextGreetingAsync(PipeReader closing, Engine engine)
    {
        while (await closing.ReadAsync().ConfigureAwait(false) is { IsCompleted: false } result)
            closing.AdvanceTo(result.Buffer.End);
        await using var next = Conversation.Start(engine.Server);
        return await next.ReadReplyAsync().ConfigureAwait(false);
    }

    private static async Task<string> AllAsync(Engine engine)
    {
        await using var client = Conversation.Start(engine.Server);
        return await client.ReadToEndAsync();
    }
}
