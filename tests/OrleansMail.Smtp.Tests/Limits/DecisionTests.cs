using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Replies;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Limits;

public sealed class DecisionTests
{
    [Fact]
    public async Task Each_reply_to_MAIL_RCPT_and_the_data_is_told_once_with_its_reason()
    {
        var told = new Told();
        await using var engine = new Engine(told.Listen);
        await using var client = await Conversation.GreetAsync(engine.Server);
        foreach (var line in new[] { "NOOP", "RCPT TO:<ok@example.test>", "MAIL FROM:<c@d.test> X=1", "MAIL FROM:<c@d.test>", "RCPT TO:<no@example.test>", "RCPT TO:<ok@example.test>", "DATA now", "DATA" })
            await client.AskAsync(line);
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        await client.ReadReplyAsync();
        await client.AskAsync("DATA");

        Assert.Equal(
            ["Recipient - 503 order", "Sender c@d.test 555 syntax", "Sender c@d.test 250 accepted", "Recipient no@example.test 550 delivery",
                "Recipient ok@example.test 250 accepted", "Data - 501 syntax", "Data - 250 accepted", "Data - 503 order"],
            told.Words);
        Assert.Equal([false, false, true, true, true, true, true, false], told.All.Select(static one => one.Transaction is not null));
        Assert.Same(told.All[2].Transaction, told.All[6].Transaction);
    }

    [Fact]
    public async Task A_delivery_gives_its_own_reasons_and_an_exception_is_a_failure()
    {
        var told = new Told();
        await using var engine = new Engine(told.Listen);
        engine.Delivery.OnSender = static transaction => transaction.ReversePath.IsNull
            ? throw new InvalidOperationException()
            : new(new SmtpReply(450, new(4, 7, 0), "not now") { Reason = "suspended" });
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("MAIL FROM:<c@d.test>");

        Assert.Equal(["Sender - 451 failure", "Sender c@d.test 450 suspended"], told.Words);
    }

    [Fact]
    public async Task Each_limit_that_refuses_is_told_and_counted_by_its_reason()
    {
        var told = new Told();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var refusals = new MetricCollector<long>(meters, "OrleansMail", "orleansmail.smtp.refusals");
        var options = new SmtpServerOptions { HostName = "mx", MaxRecipients = 1, MaxErrors = 1, MaxUnknownRecipients = 1, MaxMessageBytes = 1000, MaxConnections = 1, MaxCommandsWithoutTransaction = 5 };
        told.Listen(options);
        await using var server = new SmtpServer(options, new MemoryDelivery(), meters: meters);
        await PlayAsync(server, "MAIL FROM:<> SIZE=1001", "MAIL FROM:<>", "RCPT TO:<ok@example.test>", "RCPT TO:<ok@example.test>", "NOOP " + new string('x', 1100));
        await PlayAsync(server, "MAIL FROM:<>", "RCPT TO:<no@example.test>", "RCPT TO:<no@example.test>");
        await PlayAsync(server, "NOOP", "NOOP", "NOOP", "NOOP", "NOOP");
        await using (await Conversation.GreetAsync(server))
        {
            await using var second = Conversation.Start(server);
            await second.ReadToEndAsync();
        }

        Assert.Equal(TimeSpan.Zero, told.All[^1].Elapsed); // of a connection, before any command
        string[] refused = ["size", "recipients", "errors", "delivery", "unknown-recipients", "commands", "connections"];
        Assert.Equal(refused, told.All.Where(static one => !one.Reply.IsPositive).Select(static one => one.Reason));
        Assert.Equal(refused, refusals.GetMeasurementSnapshot().Select(static one => one.Tags["reason"]));
        Assert.Equal([SmtpStage.Sender, SmtpStage.Recipient, SmtpStage.Session, SmtpStage.Recipient, SmtpStage.Recipient, SmtpStage.Session, SmtpStage.Connection],
            told.All.Where(static one => !one.Reply.IsPositive).Select(static one => one.Stage));
    }

    [Fact]
    public async Task A_long_line_and_a_time_that_ran_out_are_told_with_the_transaction_they_ended()
    {
        var told = new Told();
        await using var engine = new Engine(told.Listen);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync(new string('x', 2000));
        await client.BeginDataAsync();
        await engine.AdvanceUntilAsync(client.ReadReplyAsync(), TimeSpan.FromMinutes(4));
        await client.Completion;

        Assert.Equal(["Session - 500 line-too-long", "Session - 421 data-timeout"], told.Words.Where(static word => word.StartsWith("Session", StringComparison.Ordinal)));
        Assert.NotNull(told.All[^1].Transaction);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task In_lmtp_the_reply_of_each_recipient_is_told_with_its_path(bool chunks)
    {
        var told = new Told();
        await using var engine = new Engine(told.Listen);
        engine.Delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(engine.Delivery.Sink(path.LocalPart[0] - '0')));
        engine.Delivery.OnComplete = static message => message.Route == 2 ? new(new SmtpReply(452, new(4, 2, 2), "full") { Reason = "quota" }) : default;
        await using var client = await Conversation.GreetAsync(engine.Server, listener: new SmtpListenerOptions { Lmtp = true });
        foreach (var line in new[] { "MAIL FROM:<c@d.test>", "RCPT TO:<1@d.test>", "RCPT TO:<2@d.test>", "RCPT TO:<3@d.test>" })
            await client.AskAsync(line);
        await client.SendAsync(chunks ? "BDAT 14 LAST\r\nSubject: x\r\n\r\n" : "DATA\r\nSubject: x\r\n\r\n.\r\n");
        for (var replies = chunks ? 3 : 4; replies > 0; replies--)
            await client.ReadReplyAsync();
        await client.AskAsync("RCPT TO:<1@d.test>");

        Assert.Equal(["Data 1@d.test 250 accepted", "Data 2@d.test 452 quota", "Data 3@d.test 250 accepted", "Recipient - 503 order"], told.Words.Skip(4));
        Assert.All(told.All[4..7], one => Assert.Same(told.All[0].Transaction, one.Transaction));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_handshake_that_fails_or_takes_too_long_is_told(bool fails)
    {
        var told = new Told();
        await using var engine = new Engine(options =>
        {
            options.OfferTls();
            told.Listen(options);
        });
        await using var client = Conversation.Start(engine.Server, listener: new SmtpListenerOptions { Tls = SmtpListenerTls.Implicit });
        if (fails)
            await client.SendAsync("EHLO client.example\r\n");
        await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromMinutes(1));

        Assert.Equal([fails ? "Session - 421 handshake" : "Session - 421 handshake-timeout"], told.Words);
    }

    [Fact]
    public async Task The_time_of_a_decision_runs_from_its_command()
    {
        var told = new Told();
        await using var engine = new Engine(told.Listen);
        engine.Delivery.OnSender = _ =>
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(1500));
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("RCPT TO:<ok@example.test>");

        Assert.Equal([TimeSpan.FromMilliseconds(1500), TimeSpan.Zero], told.All.Select(static one => one.Elapsed));
    }

    [Fact]
    public async Task A_hook_for_decisions_that_throws_costs_nothing()
    {
        await using var engine = new Engine(static options => options.OnDecision = static _ => throw new InvalidOperationException());
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        Assert.StartsWith("250", await client.ReadReplyAsync());
    }

    [Fact]
    public void Every_refusal_of_the_engine_has_a_word_and_every_word_is_in_the_list()
    {
        var list = typeof(SmtpReasons).GetFields().Select(static field => (string)field.GetValue(null)!).ToList();
        const BindingFlags Statics = BindingFlags.Public | BindingFlags.Static;
        var replies = typeof(StandardReplies).GetFields(Statics).Select(static field => (SmtpReply)field.GetValue(null)!)
            .Concat(typeof(StandardReplies).GetMethods(Statics).Select(static method => (SmtpReply)method.Invoke(null, ["mx"])!))
            .Where(static reply => !reply.IsPositive && reply.Code != 354)
            .Where(static reply => reply.Status != new EnhancedStatusCode(4, 4, 2)); // of a timeout, which has a word for each kind

        Assert.All(replies, reply => Assert.True(SmtpReasons.Of(reply) != SmtpReasons.Delivery && list.Contains(SmtpReasons.Of(reply)), $"{reply} has no reason"));
        Assert.All(Enum.GetValues<SmtpTimeout>(), kind => Assert.Contains(SmtpReasons.Of(kind), list));
        Assert.Equal(list.Count, list.Distinct().Count());
    }

    private static async Task PlayAsync(SmtpServer server, params string[] lines)
    {
        await using var client = await Conversation.GreetAsync(server);
        foreach (var line in lines)
            await client.AskAsync(line);
    }

    private sealed class Told
    {
        public List<SmtpDecision> All { get; } = [];

        public IEnumerable<string> Words => All.Select(static one => $"{one.Stage} {(one.Path is null or { IsNull: true } ? "-" : one.Path.Text)} {one.Reply.Code} {one.Reason}");

        public void Listen(SmtpServerOptions options) => options.OnDecision = All.Add;
    }
}
