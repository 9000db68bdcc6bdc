using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class ChunkingTests
{
    private const string Rcpt = "MAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\n";

    public static TheoryData<string, bool> Interruptions => new MatrixTheoryData<string, bool>(
        ["BDAT 0\r\n", "BDAT 3\r\nabc", "BDAT 30\r\nabc", "BDAT 30 LAST\r\nabc", "BDAT 1\r\nSBDAT 9223372036854775807\r\nubject: x\r\n", "BDAT 13\r\nSubject: x\r\n\rBDAT 1 LAST"],
        [true, false]);

    [Theory, MemberData(nameof(Interruptions))]
    public async Task A_connection_lost_in_or_between_chunks_stores_nothing_and_leaves_nothing_open(string sent, bool broken)
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.SendAsync("EHLO a.test\r\n" + Rcpt + sent);
        while (engine.Delivery.OpenSinks + engine.Delivery.Aborted == 0)
            await Task.Yield(); // a broken pipe loses what was not read
        client.Hangup(broken ? new IOException("reset") : null);
        await client.Completion;

        Assert.Empty(engine.Delivery.Messages);
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
        Assert.Equal((0, 0), (engine.Server.Sessions, engine.Server.Transactions));
    }

    [Theory, InlineData("RSET", "250"), InlineData("EHLO a.test", "250"), InlineData("HELO a.test", "250"), InlineData("QUIT", "221")]
    public async Task A_command_that_ends_the_transaction_aborts_the_sinks_once_and_before_its_reply(string command, string answer)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        Assert.Equal("250 2.0.0 12 octets received", await client.SendChunkAsync("Subject: x\r\n"));
        Assert.Equal((0, 1), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));

        Assert.StartsWith(answer, await client.AskAsync(command));
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
        client.Hangup();
        await client.Completion;
        Assert.Equal(1, engine.Delivery.Aborted);
        Assert.Empty(engine.Delivery.Messages);
    }

    [Fact]
    public async Task Sinks_open_at_the_first_chunk_and_a_failure_is_answered_behind_each_chunk()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (_, _) => new(RecipientDecision.Accept(new BrokenFactory()));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();

        Assert.StartsWith("451 4.3.0", await client.SendChunkAsync("QUIT\r\n"));
        Assert.StartsWith("451 4.3.0", await client.SendChunkAsync("QUIT\r\n"));
        Assert.StartsWith("451 4.3.0", await client.SendChunkAsync("QUIT\r\n", last: true));
        Assert.StartsWith("503 5.5.1", await client.SendChunkAsync("QUIT\r\n", last: true));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_sink_that_fails_while_writing_is_aborted_once_and_answered_until_the_last_chunk()
    {
        await using var engine = new Engine();
        engine.Delivery.OnWrite = static _ => throw new IOException("disk");
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();

        Assert.StartsWith("451 4.3.0", await client.SendChunkAsync("Subject: x\r\n"));
        Assert.Equal(1, engine.Delivery.Aborted);
        Assert.StartsWith("451 4.3.0", await client.SendChunkAsync("QUIT\r\n"));
        Assert.StartsWith("503 5.5.1", await client.AskAsync("MAIL FROM:<c@d.test>"));
        Assert.StartsWith("250", await client.AskAsync("RSET"));
        Assert.Equal(1, engine.Delivery.Aborted);
    }

    [Theory, InlineData(999, "250"), InlineData(1000, "250"), InlineData(1001, "552 5.3.4")]
    public async Task A_message_in_chunks_may_have_exactly_the_limit(int octets, string answer)
    {
        await using var engine = new Engine(options => options.MaxMessageBytes = 1000);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        Assert.StartsWith("250", await client.SendChunkAsync("Subject: x\r\n\r\n"));
        await client.SendAsync($"BDAT {octets - 14} LAST\r\n{new string('x', octets - 14)}NOOP\r\n");

        Assert.StartsWith(answer, await client.ReadReplyAsync());
        Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());
        Assert.Equal(octets > 1000 ? 1 : 0, engine.Delivery.Aborted);
        Assert.All(engine.Delivery.Messages, message => Assert.Equal(octets, message.Content.Length));
    }

    [Fact]
    public async Task Over_the_limit_every_chunk_is_refused_until_reset()
    {
        await using var engine = new Engine(options => options.MaxMessageBytes = 1000);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        Assert.StartsWith("250", await client.SendChunkAsync("Subject: x\r\n\r\n"));

        Assert.StartsWith("552 5.3.4", await client.SendChunkAsync(new string('x', 987)));
        Assert.Equal(1, engine.Delivery.Aborted);
        Assert.StartsWith("552 5.3.4", await client.SendChunkAsync("x"));
        Assert.StartsWith("552 5.3.4", await client.SendChunkAsync(""));
        Assert.StartsWith("250", await client.AskAsync("RSET"));
        await client.BeginTransactionAsync();
        Assert.StartsWith("250", await client.SendChunkAsync("Subject: y\r\n\r\n", last: true));
        Assert.Equal("Subject: y\r\n\r\n", Text.Of(Assert.Single(engine.Delivery.Messages).Content));
    }

    [Fact]
    public async Task A_limit_lowered_for_a_recipient_counts_for_chunks()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (transaction, _) =>
        {
            transaction.MaxMessageBytes = 20;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();

        Assert.StartsWith("552 5.3.4", await client.SendChunkAsync("Subject: more than twenty\r\n", last: true));
    }

    [Theory]
    [InlineData("a\nb\r\n", true)]
    [InlineData("a\rb\r\n", true)]
    [InlineData("a\r\nb", false)]
    [InlineData("a\r\nb\r", true)]
    [InlineData("a\r\r\n", true)]
    public async Task Bare_newlines_are_told_and_never_refused_in_chunks(string body, bool told)
    {
        await using var engine = new Engine(options => options.BareNewlines = SmtpBareNewlines.Reject);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync("Subject: x\r\n\r\n");
        foreach (var octet in body)
            await client.SendChunkAsync($"{octet}");

        Assert.StartsWith("250", await client.SendChunkAsync("", last: true));
        var message = Assert.Single(engine.Delivery.Messages);
        Assert.Equal("Subject: x\r\n\r\n" + body, Text.Of(message.Content));
        Assert.Equal(told, message.Transaction.HasBareNewlines);
    }

    [Theory]
    [InlineData(".\r\n", "\r\n.\r\n", true)]
    [InlineData(". by: me\r\n", ". by: me\r\n", false)]
    [InlineData("\tby: me\r\n", "\r\n\tby: me\r\n", true)]
    [InlineData("\r\ntext", "\r\ntext", false)]
    [InlineData("\r", "\r\n\r", true)]
    [InlineData("text", "\r\ntext", true)]
    [InlineData("", "", false)]
    public async Task Text_without_a_header_gets_an_empty_line_however_it_is_cut(string content, string stored, bool lacksHeader)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        foreach (var octet in content)
            await client.SendChunkAsync($"{octet}");
        Assert.StartsWith("250", await client.SendChunkAsync("", last: true));

        var message = Assert.Single(engine.Delivery.Messages);
        Assert.Equal(stored, Text.Of(message.Content));
        Assert.Equal(lacksHeader, message.Transaction.LacksHeader);
    }

    [Theory, InlineData(999, false), InlineData(1000, true)]
    public async Task A_beginning_without_end_or_colon_is_held_back_up_to_a_bound(int octets, bool written)
    {
        await using var engine = new Engine();
        var writes = 0;
        engine.Delivery.OnWrite = _ =>
        {
            writes++;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync(new string('x', 500));
        await client.SendChunkAsync(new string('x', octets - 500));

        Assert.Equal(written, writes > 0);
    }

    [Fact]
    public async Task Replies_leave_together_when_chunks_are_pipelined()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        var flushes = client.Flushes;
        await client.SendAsync(Rcpt + "BDAT 12\r\nSubject: x\r\nBDAT 2\r\n\r\nBDAT 0 LAST\r\n");
        for (var i = 0; i < 5; i++)
            Assert.StartsWith("250", await client.ReadReplyAsync());

        Assert.Equal(1, client.Flushes - flushes);
    }

    [Fact]
    public async Task A_drain_lets_a_message_in_chunks_come_to_its_end()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync("Subject: x\r\n\r\n");
        var drain = engine.Server.DrainAsync(CancellationToken.None);

        Assert.StartsWith("250", await client.SendChunkAsync("half\r\n"));
        Assert.StartsWith("250", await client.SendChunkAsync("whole\r\n", last: true));
        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync());
        await drain;
        Assert.Single(engine.Delivery.Messages);
    }

    [Fact]
    public async Task A_drain_does_not_wait_for_a_chunk_that_is_discarded()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.SendAsync("BDAT 1000\r\nabc");
        await engine.Server.DrainAsync(CancellationToken.None);

        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task The_arrival_of_the_last_chunks_reply_is_known()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync("Subject: x\r\n\r\n");
        await client.SendChunkAsync("x\r\n");
        Assert.StartsWith("250", await client.SendChunkAsync("", last: true));
        Assert.Equal(0, engine.Delivery.Seen);

        await client.AskAsync("NOOP");
        Assert.Equal(1, engine.Delivery.Seen);
    }

    private sealed class BrokenFactory : IMessageSinkFactory
    {
        public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken) =>
            throw new IOException("disk");
    }
}
