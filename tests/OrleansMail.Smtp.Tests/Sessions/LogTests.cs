using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>What an operator finds in the log: each broken promise once, by the name of its event, in a scope that names the session.</summary>
public sealed class LogTests : IAsyncDisposable
{
    private readonly FakeLogCollector _log = FakeLogCollector.Create(new FakeLogCollectorOptions());
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryDelivery _delivery = new();
    private readonly SmtpServerOptions _options = new() { HostName = "mx.test" };
    private SmtpServer? _server;
    private ILoggerFactory? _factory;

    [Fact]
    public async Task A_delivery_that_cannot_be_made_is_an_error_of_the_session()
    {
        using var factory = CreateFactory();
        await using var server = new SmtpServer(_options, new BrokenFactory(), _time, factory);
        await using var client = Conversation.Start(server);
        Assert.Equal("421 4.3.0 mx.test Service not available, try again later", await client.ReadReplyAsync());

        var record = Expect("NoDelivery", LogLevel.Error);
        Assert.IsType<InvalidOperationException>(record.Exception);
        Assert.Matches("^smtp [0-9a-f]+ -$", Assert.Single(record.Scopes)!.ToString());
    }

    [Fact]
    public async Task A_command_that_fails_is_an_error()
    {
        _delivery.OnSender = static _ => throw new InvalidOperationException();
        await using var client = await GreetAsync();
        await client.AskAsync("MAIL FROM:<>");

        Expect("CommandFailed", LogLevel.Error);
    }

    [Fact]
    public async Task Too_many_errors_are_told()
    {
        _options.MaxErrors = 1;
        await using var client = await GreetAsync();
        await client.AskAsync("WHAT");
        Assert.Equal("421 4.7.0 mx.test Too many errors, closing connection", await client.AskAsync("WHAT"));

        Expect("OverLimit", LogLevel.Information);
    }

    [Fact]
    public async Task Hooks_that_fail_are_errors()
    {
        _options.OnLineTooLong = static _ => throw new InvalidOperationException();
        _options.OnTimeout = static (_, _) => throw new InvalidOperationException();
        await using var client = await GreetAsync();
        await client.AskAsync(new string('x', 2000));
        var reply = client.ReadReplyAsync();
        while (!reply.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(reply, Task.Delay(2));
        }

        Assert.Equal("421 4.4.2 mx.test Timeout. Try talking faster next time!", await reply);
        Expect("TimedOut", LogLevel.Debug);
        Assert.Equal(["The hook OnLineTooLong failed.", "The hook OnTimeout failed."], _log.GetSnapshot().Where(static record => record.Level == LogLevel.Error).Select(static record => record.Message));
    }

    [Fact]
    public async Task A_hook_for_decisions_that_fails_is_an_error()
    {
        _options.OnDecision = static _ => throw new InvalidOperationException();
        await using var client = await GreetAsync();
        await client.AskAsync("MAIL FROM:<c@d.test>");

        Expect("DecisionHookFailed", LogLevel.Error);
    }

    [Theory]
    [InlineData("PROXY nonsense\r\n", false, "its PROXY header is invalid")]
    [InlineData("EHLO a.test\r\n", true, "it sends no PROXY header")]
    [InlineData("", true, "it sends no PROXY header")]
    [InlineData("PROXY TCP4", false, "its PROXY header did not come to an end in time")]
    [InlineData("EHLO a.test\r\nPROXY UNKNOWN\r\n", false, "its PROXY header came too late")]
    public async Task A_refused_proxy_is_a_warning_with_the_reason(string octets, bool required, string reason)
    {
        _options.TrustedProxies.Add(IPNetwork.Parse("10.0.0.0/8"));
        using var factory = CreateFactory();
        await using var server = new SmtpServer(_options, _delivery, _time, factory);
        await using var client = Conversation.Start(server, IPEndPoint.Parse("10.0.0.9:1"), new SmtpListenerOptions { RequireProxy = required });
        await client.SendAsync(octets);
        for (var waits = 0; !client.Completion.IsCompleted && waits < 100; waits++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(client.Completion, Task.Delay(2));
        }

        Assert.Equal($"The connection was closed without a greeting: {reason}.", Expect("ProxyRefused", LogLevel.Warning).Message);
    }

    [Fact]
    public async Task A_delivery_that_fails_on_a_reply_seen_is_a_warning()
    {
        using var factory = CreateFactory();
        await using var server = new SmtpServer(_options, new UnseeingFactory(_delivery), _time, factory);
        await using var client = await Conversation.GreetAsync(server);
        await DeliverAsync(client);
        Assert.StartsWith("250", await client.AskAsync("NOOP"));

        Expect("ReplySeenFailed", LogLevel.Warning);
    }

    [Fact]
    public async Task A_sink_that_does_not_open_is_an_error_and_those_open_are_aborted()
    {
        _delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(path.LocalPart == "bad" ? new BrokenSinks(atOpening: true) : _delivery.Sink(0)));
        await using var client = await GreetAsync();
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("RCPT TO:<good@a.test>");
        await client.AskAsync("RCPT TO:<bad@a.test>");
        Assert.Equal("451 4.3.0 Requested action aborted: local error in processing", await client.AskAsync("DATA"));

        Expect("SinkNotOpened", LogLevel.Error);
        Assert.Equal((0, 1), (_delivery.OpenSinks, _delivery.Aborted));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<>"));
    }

    [Fact]
    public async Task A_sink_that_does_not_take_content_is_an_error_once()
    {
        _delivery.OnWrite = static _ => throw new IOException();
        await using var client = await GreetAsync();
        Assert.StartsWith("451", await DeliverAsync(client));

        Expect("SinkNotWritten", LogLevel.Error);
    }

    [Fact]
    public async Task A_sink_that_does_not_complete_is_an_error_and_the_others_are_completed()
    {
        _delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(_delivery.Sink(path.LocalPart[0] - '0')));
        _delivery.OnComplete = static message => message.Route == 0 ? throw new IOException() : default;
        await using var client = await GreetAsync();
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("RCPT TO:<0@a.test>");
        await client.AskAsync("RCPT TO:<1@a.test>");
        await client.AskAsync("DATA");
        Assert.StartsWith("451 4.3.0", await client.AskAsync("."));

        Expect("SinkNotCompleted", LogLevel.Error);
        Assert.Equal(1, Assert.Single(_delivery.Messages).Route);
    }

    [Fact]
    public async Task A_sink_that_cannot_be_aborted_is_a_warning_and_the_others_are_aborted()
    {
        _options.MaxMessageBytes = 10;
        _delivery.OnRecipient = (_, path) => new(RecipientDecision.Accept(path.LocalPart == "bad" ? new BrokenSinks(atOpening: false) : _delivery.Sink(0)));
        await using var client = await GreetAsync();
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("RCPT TO:<bad@a.test>");
        await client.AskAsync("RCPT TO:<good@a.test>");
        await client.AskAsync("DATA");
        Assert.StartsWith("552 5.3.4", await client.AskAsync("Subject: more than ten\r\n."));

        Expect("SinkNotAborted", LogLevel.Warning);
        Assert.Equal(1, _delivery.Aborted);
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_told_with_its_reason()
    {
        await using var client = await GreetAsync();
        client.Hangup(new IOException("reset by peer"));
        await client.Completion;

        Assert.Contains("reset by peer", Expect("ConnectionLost", LogLevel.Debug).Message);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _factory?.Dispose();
    }

    private static async Task<string> DeliverAsync(Conversation client)
    {
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\nx\r\n.\r\n");
        return await client.ReadReplyAsync();
    }

    private ILoggerFactory CreateFactory() =>
        LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(_log)));

    private async Task<Conversation> GreetAsync()
    {
        _factory = CreateFactory();
        _server = new SmtpServer(_options, _delivery, _time, _factory);
        return await Conversation.GreetAsync(_server);
    }

    private FakeLogRecord Expect(string name, LogLevel level)
    {
        var record = Assert.Single(_log.GetSnapshot(), record => record.Id.Name == name);
        Assert.Equal(level, record.Level);
        return record;
    }

    private sealed class BrokenFactory : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private sealed class UnseeingFactory(MemoryDelivery delivery) : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => new(new UnseeingDelivery(delivery));
    }

    private sealed class UnseeingDelivery(ISmtpDelivery inner) : ISmtpDelivery
    {
        public ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken) => inner.ValidateSenderAsync(transaction, cancellationToken);

        public ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken) =>
            inner.ValidateRecipientAsync(transaction, recipient, cancellationToken);

        public ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients) => default;

        public ValueTask ReplySeenAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private sealed class BrokenSinks(bool atOpening) : IMessageSinkFactory, IMessageSink
    {
        public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken) =>
            atOpening ? throw new IOException() : new(this);

        public ValueTask WriteAsync(System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

        public ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken) => new(new SmtpReply(250, null, "ok"));

        public ValueTask AbortAsync() => throw new IOException();
    }
}
