using System.Buffers;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class LmtpTests
{
    private const string Message = "Subject: x\r\n\r\nbody\r\n.\r\n";

    private static readonly SmtpListenerOptions Lmtp = new() { Lmtp = true };

    public static TheoryData<bool> Ways => [false, true];

    [Theory, MemberData(nameof(Ways))]
    public async Task Each_recipient_gets_the_reply_of_its_own_sink_in_the_order_of_rcpt(bool chunks)
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        engine.Delivery.OnComplete = static message => message.Route == 2 ? throw new IOException("disk") : new(new SmtpReply(250, new(2, 0, 0), $"in {message.Route}"));
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, "1", "2", "1", "3");
        await EndAsync(client, chunks);

        foreach (var reply in (string[])["250 2.0.0 in 1", "451 4.3.0 Requested action aborted: local error in processing", "250 2.0.0 in 1", "250 2.0.0 in 3"])
            Assert.Equal(reply, await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_sink_may_answer_for_each_of_its_recipients(bool chunks)
    {
        await using var engine = new Engine();
        var sink = new Answers(static recipients => recipients.Select(one => new SmtpReply(one.Path.LocalPart == "2" ? 452 : 250, null, one.Path.Text)));
        engine.Delivery.OnRecipient = (_, _) => new(RecipientDecision.Accept(sink));
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, "1", "2", "3");
        await EndAsync(client, chunks);

        foreach (var reply in (string[])["250 1@d.test", "452 2@d.test", "250 3@d.test"])
            Assert.Equal(reply, await client.ReadReplyAsync());
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task A_sink_that_gives_too_few_or_too_many_replies_has_broken_its_promise(int count)
    {
        await using var engine = new Engine();
        var sink = new Answers(_ => Enumerable.Repeat(new SmtpReply(250, null, "ok"), count));
        engine.Delivery.OnRecipient = (_, _) => new(RecipientDecision.Accept(sink));
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, "1", "2");
        await EndAsync(client, chunks: false);

        Assert.StartsWith("451 4.3.0", await client.ReadReplyAsync());
        Assert.StartsWith("451 4.3.0", await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task In_smtp_such_a_sink_gives_its_one_reply()
    {
        await using var engine = new Engine();
        var sink = new Answers(static _ => throw new InvalidOperationException());
        engine.Delivery.OnRecipient = (_, _) => new(RecipientDecision.Accept(sink));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await BeginAsync(client, "1", "2");
        await EndAsync(client, chunks: false);

        Assert.Equal("250 for all", await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_message_too_large_is_refused_to_each_recipient(bool chunks)
    {
        await using var engine = new Engine(static options => options.MaxMessageBytes = 10);
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, "ok1@example.test", "ok2@example.test");
        await EndAsync(client, chunks);

        Assert.StartsWith("552 5.3.4", await client.ReadReplyAsync());
        Assert.StartsWith("552 5.3.4", await client.ReadReplyAsync());
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_refusal_of_data_itself_is_one_reply()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (_, _) => new(RecipientDecision.Accept(new Answers(null)));
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, "1", "2");

        Assert.StartsWith("451 4.3.0", await client.AskAsync("DATA"));
        Assert.StartsWith("250 2.0.0 Ok", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task The_replies_of_a_thousand_recipients_leave_in_batches_and_are_seen_when_the_last_is()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        await BeginAsync(client, [.. Enumerable.Range(0, 1000).Select(i => $"ok{i}@example.test")]);
        var flushes = client.Flushes;
        await client.AskAsync("DATA");
        await client.SendAsync(Message);
        for (var i = 0; i < 1000; i++)
            Assert.Equal("250 2.0.0 Delivery in progress", await client.ReadReplyAsync());
        Assert.InRange(client.Flushes - flushes, 3, 10); // 31 octets each, 16 KiB a flush
        Assert.Equal(0, engine.Delivery.Seen);

        await client.AskAsync("NOOP");
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task A_refused_message_is_one_mistake_however_many_recipients_it_has()
    {
        await using var engine = new Engine(static options => (options.MaxErrors, options.MaxMessageBytes) = (2, 10));
        await using var client = await Conversation.GreetAsync(engine.Server, listener: Lmtp);
        for (var i = 0; i < 2; i++)
        {
            await BeginAsync(client, "ok1@example.test", "ok2@example.test", "ok3@example.test");
            await EndAsync(client, chunks: false);
            for (var recipient = 0; recipient < 3; recipient++)
                Assert.StartsWith("552", await client.ReadReplyAsync());
        }

        Assert.StartsWith("421 4.7.0", await client.AskAsync("WHAT"));
    }

    [Theory, InlineData(true, "LHLO"), InlineData(false, "EHLO HELO")]
    public async Task Help_names_the_greetings_that_are_spoken(bool lmtp, string greetings)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server, listener: new SmtpListenerOptions { Lmtp = lmtp });
        var verbs = (await client.AskAsync("HELP")).Split(' ');

        Assert.Equal(greetings, string.Join(' ', verbs.Where(verb => verb.EndsWith("LO", StringComparison.Ordinal))));
    }

    private static async Task BeginAsync(Conversation client, params string[] recipients)
    {
        await client.AskAsync("MAIL FROM:<c@d.test>");
        foreach (var recipient in recipients)
            Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<{(recipient.Contains('@', StringComparison.Ordinal) ? recipient : recipient + "@d.test")}>"));
    }

    private static async Task EndAsync(Conversation client, bool chunks)
    {
        if (chunks)
        {
            await client.SendAsync("BDAT 14 LAST\r\nSubject: x\r\n\r\n");
            return;
        }

        await client.AskAsync("DATA");
        await client.SendAsync(Message);
    }

    private sealed class Answers(Func<IReadOnlyList<SmtpRecipient>, IEnumerable<SmtpReply>>? each) : IMessageSinkFactory, IRecipientMessageSink
    {
        private IReadOnlyList<SmtpRecipient> _recipients = [];

        public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken)
        {
            _recipients = recipients;
            return each is null ? throw new IOException("disk") : new(this);
        }

        public ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

        public ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken) => new(new SmtpReply(250, null, "for all"));

        public ValueTask<IReadOnlyList<SmtpReply>> CompleteEachAsync(CancellationToken cancellationToken) => new([.. each!(_recipients)]);

        public ValueTask AbortAsync() => default;
    }
}
