using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Limits;

public sealed class RateAndAgeTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    [Theory, InlineData(9, true), InlineData(10, false), InlineData(11, false)]
    public async Task Data_below_the_rate_ends_the_session_after_the_window(int octetsPerSecond, bool ends)
    {
        var told = new List<SmtpTimeout>();
        await using var engine = new Engine(options =>
        {
            (options.MinDataRate, options.Timeouts.DataRateWindow) = (10, TimeSpan.FromSeconds(60));
            options.OnTimeout = (_, kind) => told.Add(kind);
        });
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        var moved = await TrickleAsync(engine, client, reply, octetsPerSecond, TimeSpan.FromMinutes(4));

        Assert.Equal(ends, reply.IsCompleted);
        if (!ends)
            return;
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60) + Slack);
        await client.Completion;
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
        Assert.Equal([SmtpTimeout.DataRate], told);
    }

    [Fact]
    public async Task A_trickle_is_cut_by_default_where_silence_alone_would_not_be()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        var moved = await TrickleAsync(engine, client, reply, 1, TimeSpan.FromMinutes(10));

        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromSeconds(179), TimeSpan.FromMinutes(3) + Slack);
    }

    [Fact]
    public async Task A_silence_that_is_allowed_after_much_data_is_no_trickle()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(new string('x', 20_000));
            await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(170));
        }

        Assert.False(reply.IsCompleted);
        await client.SendAsync("\r\n.\r\n");
        Assert.StartsWith("250", await reply);
    }

    [Fact]
    public async Task A_slow_store_is_not_the_senders_slowness()
    {
        await using var engine = new Engine(static options => (options.MinDataRate, options.Timeouts.DataRateWindow) = (100, TimeSpan.FromSeconds(30)));
        engine.Delivery.OnWrite = _ =>
        {
            engine.Time.Advance(TimeSpan.FromMinutes(1));
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync("some words of text\r\n");
            await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(5));
        }

        Assert.False(reply.IsCompleted);
        await client.SendAsync(".\r\n");
        Assert.StartsWith("250", await reply);
    }

    [Fact]
    public async Task Without_a_rate_only_silence_and_the_transaction_end_data()
    {
        await using var engine = new Engine(static options => options.MinDataRate = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        await TrickleAsync(engine, client, reply, 1, TimeSpan.FromMinutes(5));

        Assert.False(reply.IsCompleted);
    }

    [Fact]
    public async Task An_old_session_ends_while_it_waits_and_the_hook_is_told()
    {
        var told = new List<SmtpTimeout>();
        await using var engine = new Engine(options => options.OnTimeout = (_, kind) => told.Add(kind));
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var minute = 0; minute < 56; minute += 4)
        {
            engine.Time.Advance(TimeSpan.FromMinutes(4));
            Assert.StartsWith("250", await client.AskAsync("NOOP"));
        }

        var reply = client.ReadReplyAsync();
        var moved = await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(10));
        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromSeconds(239), TimeSpan.FromMinutes(4) + Slack);
        Assert.Equal([SmtpTimeout.SessionAge], told);
    }

    [Fact]
    public async Task A_transaction_that_an_old_session_has_open_may_finish()
    {
        await using var engine = new Engine(static options => options.Timeouts.SessionAge = TimeSpan.FromMinutes(2));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(150));
        Assert.False(reply.IsCompleted);
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        Assert.StartsWith("250", await reply);
        Assert.StartsWith("421 4.4.2", await client.ReadReplyAsync());
        Assert.Equal("", await client.ReadReplyAsync());
        Assert.Single(engine.Delivery.Messages);
    }

    [Fact]
    public async Task A_session_that_is_never_found_without_a_transaction_ends_at_the_next_reply_that_ends_one()
    {
        await using var engine = new Engine(static options => options.Timeouts.SessionAge = TimeSpan.FromMinutes(2));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        engine.Time.Advance(TimeSpan.FromMinutes(1) + Slack);
        await client.SendAsync("RSET\r\nMAIL FROM:<>\r\n");

        Assert.Equal("250 2.0.0 I remember nothing.\r\n421 4.4.2 mx.example.test Timeout. Try talking faster next time!\r\n", await client.ReadToEndAsync());
    }

    private static async Task<TimeSpan> TrickleAsync(Engine engine, Conversation client, Task reply, int octetsPerSecond, TimeSpan atMost)
    {
        var moved = TimeSpan.Zero;
        while (!reply.IsCompleted && moved < atMost)
        {
            await client.SendAsync(new string('x', octetsPerSecond));
            moved += await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(1));
        }

        return moved;
    }
}
