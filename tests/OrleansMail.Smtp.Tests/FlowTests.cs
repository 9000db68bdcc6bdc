using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class FlowTests
{
    [Fact]
    public async Task The_replies_of_a_pipelined_batch_leave_in_one_flush()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        var before = client.Flushes;
        await client.SendAsync("MAIL FROM:<c@d.test>\r\nRCPT TO:<ok1@example.test>\r\nRCPT TO:<no@example.test>\r\nRCPT TO:<ok2@example.test>\r\nDATA\r\n");
        string[] replies = [await client.ReadReplyAsync(), await client.ReadReplyAsync(), await client.ReadReplyAsync(), await client.ReadReplyAsync(), await client.ReadReplyAsync()];

        Assert.Equal(["250", "250", "550", "250", "354"], replies.Select(reply => reply[..3]));
        Assert.Equal(before + 1, client.Flushes);
    }

    [Fact]
    public async Task A_batch_with_many_replies_leaves_in_parts_of_16_KiB()
    {
        await using var engine = new Engine(static options => options.MaxCommandsWithoutTransaction = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        var before = client.Flushes;
        await client.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\n", 4000)));
        for (var i = 0; i < 4000; i++)
            Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());

        Assert.InRange(client.Flushes - before, 3, 12); // 55 KiB
    }

    [Theory, InlineData("NOOP a\0b"), InlineData("MAIL FROM:<c@d.test>\rX"), InlineData("MAIL FROM:<c@d.test>\nRCPT TO:<ok@example.test>"), InlineData("NOOP \u007f")]
    public async Task Control_octets_in_a_command_are_refused_and_the_session_goes_on(string line)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("500 5.5.2", await client.AskAsync(line));
        Assert.Equal("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_slow_sink_stops_the_reading()
    {
        await using var engine = new Engine();
        var gate = new TaskCompletionSource();
        engine.Delivery.OnWrite = async _ => await gate.Task;
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        var chunk = "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 160));
        var sent = 0;
        Task send;
        do
        {
            send = client.SendAsync(chunk);
            sent += chunk.Length;
        }
        while (send.IsCompleted && sent < 1_000_000);

        Assert.False(send.IsCompleted);
        Assert.InRange(sent, 1, 128 * 1024);
        gate.SetResult();
        await send;
        await client.SendAsync("\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal(sent + 2, Assert.Single(engine.Delivery.Messages).Content.Length);
    }

    [Fact]
    public async Task Dropped_dots_do_not_multiply_the_writes()
    {
        const int Lines = 8000;
        await using var engine = new Engine();
        var writes = 0;
        engine.Delivery.OnWrite = _ =>
        {
            writes++;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("..\r\n", Lines)) + ".\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());

        Assert.Equal("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(".\r\n", Lines)), Text.Of(Assert.Single(engine.Delivery.Messages).Content));
        Assert.InRange(writes, 1, 20);
    }

    [Fact]
    public async Task A_client_that_reads_no_replies_is_cut_off_and_costs_no_memory()
    {
        await using var engine = new Engine(options => options.MaxErrors = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        var flood = string.Concat(Enumerable.Repeat("NOOP\r\n", 10_000));
        var sends = Task.WhenAll(client.SendAsync(flood), client.SendAsync(flood)); // more replies than the pipe holds
        await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromMinutes(6));

        await client.Completion;
        await sends;
        Assert.Equal(0, engine.Server.Sessions);
    }

    [Fact]
    public async Task An_overlong_line_gets_one_reply_and_the_next_lines_theirs()
    {
        var told = 0;
        await using var engine = new Engine(options => options.OnLineTooLong = _ => told++);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.SendAsync("NOOP " + new string('x', 100_000) + "\r\nRSET\r\nVRFY y\r\n");

        Assert.Equal("500 5.5.2 Line too long", await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 I remember", await client.ReadReplyAsync());
        Assert.StartsWith("252", await client.ReadReplyAsync());
        Assert.Equal(1, told);
    }

    [Theory, InlineData(1075, "250"), InlineData(1076, "250"), InlineData(1077, "500")]
    public async Task A_command_line_may_have_1076_octets_with_its_end(int octets, string code)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith(code, await client.AskAsync("NOOP " + new string('x', octets - 7)));
    }
}
