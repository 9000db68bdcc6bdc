using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class TimeoutTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_client_that_says_nothing_is_told_421_after_the_greeting_time()
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();

        await ExpectTimeoutAsync(engine, client, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Octets_without_a_line_end_do_not_extend_the_command_time()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        var reply = client.ReadReplyAsync();

        var moved = TimeSpan.Zero;
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("N");
            moved += await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(29));
        }

        Assert.False(reply.IsCompleted);
        moved += await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(1));
        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5) + Slack);
    }

    [Fact]
    public async Task A_complete_line_extends_the_command_time()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
        {
            engine.Time.Advance(TimeSpan.FromMinutes(4));
            Assert.StartsWith("250", await client.AskAsync("NOOP"));
        }

        await ExpectTimeoutAsync(engine, client, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Silence_in_data_ends_the_session_and_aborts_the_sink()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: half\r\n\r\nnever");

        await ExpectTimeoutAsync(engine, client, TimeSpan.FromMinutes(3));
        await client.Completion;
        Assert.Equal(1, engine.Delivery.Aborted);
        Assert.Empty(engine.Delivery.Messages);
    }

    [Fact]
    public async Task Endless_oversize_data_is_bounded_by_the_transaction_time()
    {
        await using var engine = new Engine(options =>
        {
            options.MaxMessageBytes = 1000;
            options.MinDataRate = 0;
            options.Timeouts.Transaction = TimeSpan.FromMinutes(5);
        });
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();

        var moved = TimeSpan.Zero;
        while (!reply.IsCompleted && moved < TimeSpan.FromMinutes(10))
        {
            await client.SendAsync(new string('x', 500));
            moved += await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(1));
        }

        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5) + (6 * Slack));
    }

    [Fact]
    public async Task The_timer_rests_while_the_server_is_busy()
    {
        await using var engine = new Engine();
        var gate = new TaskCompletionSource();
        engine.Delivery.OnSender = async _ =>
        {
            await gate.Task;
            return null;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        var reply = client.AskAsync("MAIL FROM:<carol@origin.test>");
        await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(6));
        Assert.False(reply.IsCompleted);
        gate.SetResult();

        Assert.StartsWith("250", await reply);
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }

    [Fact]
    public async Task A_slow_store_costs_the_transaction_none_of_its_time()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, _) =>
        {
            engine.Time.Advance(TimeSpan.FromMinutes(31));
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(2));
        Assert.False(reply.IsCompleted);
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        Assert.StartsWith("250", await reply);
    }

    [Fact]
    public async Task The_hook_is_told_which_time_ran_out()
    {
        var told = new List<SmtpTimeout>();
        await using var engine = new Engine(options => options.OnTimeout = (_, which) => told.Add(which));
        await using (var client = await Conversation.GreetAsync(engine.Server))
            await ExpectTimeoutAsync(engine, client, TimeSpan.FromMinutes(5));
        await using (var client = Conversation.Start(engine.Server))
        {
            await client.ReadReplyAsync();
            await ExpectTimeoutAsync(engine, client, TimeSpan.FromSeconds(30));
        }

        Assert.Equal([SmtpTimeout.Command, SmtpTimeout.Greeting], told);
    }

    private static async Task ExpectTimeoutAsync(Engine engine, Conversation client, TimeSpan limit)
    {
        var reply = client.ReadReplyAsync();
        var moved = await engine.AdvanceUntilAsync(reply, limit + Slack);
        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, limit - TimeSpan.FromSeconds(1), limit + Slack);
        Assert.Equal("", await client.ReadReplyAsync());
    }
}
