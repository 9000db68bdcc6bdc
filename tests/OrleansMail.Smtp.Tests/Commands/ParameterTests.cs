using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Tls;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Commands;

public sealed class ParameterTests
{
    [Fact]
    public async Task REQUIRETLS_is_offered_and_taken_under_TLS_alone_and_never_of_a_bounce()
    {
        var seen = new List<bool>();
        await using var engine = new Engine(AddTls);
        engine.Delivery.OnSender = transaction =>
        {
            seen.Add(transaction.RequiresTls);
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.DoesNotContain("REQUIRETLS", await client.AskAsync("EHLO a.test"), StringComparison.Ordinal);
        Assert.StartsWith("555 5.5.4", await client.AskAsync("MAIL FROM:<a@b.test> REQUIRETLS"));

        await client.AskAsync("XTLS");
        Assert.Contains("\n250-REQUIRETLS\n", await client.AskAsync("EHLO a.test"), StringComparison.Ordinal);
        Assert.StartsWith("501 5.5.4", await client.AskAsync("MAIL FROM:<a@b.test> REQUIRETLS=1"));
        Assert.StartsWith("501 5.5.4", await client.AskAsync("MAIL FROM:<a@b.test> REQUIRETLS REQUIRETLS"));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@b.test> REQUIRETLS"));
        await client.AskAsync("RSET");
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<> REQUIRETLS"));
        Assert.Equal([true, false], seen);
    }

    [Fact]
    public async Task REQUIRETLS_in_plaintext_asks_for_STARTTLS_where_there_is_one()
    {
        await using var engine = new Engine(static options => options.Tls.SelectCertificate = static (_, _) => null);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("530 5.7.10", await client.AskAsync("MAIL FROM:<a@b.test> REQUIRETLS"));
    }

    [Theory]
    [InlineData("<>", "250"), InlineData("e+3Dmc2@b.test", "250"), InlineData("a+41", "250"), InlineData("a+b", "501"), InlineData("a+3d", "501"), InlineData("a+3", "501"), InlineData("", "501")]
    public async Task AUTH_is_checked_and_ignored_where_AUTH_is_offered(string value, string code)
    {
        await using var engine = new Engine(static options =>
        {
            AddTls(options);
            options.Authenticator = new Nobody();
        });
        await using var client = await Conversation.GreetAsync(engine.Server, listener: new SmtpListenerOptions { Auth = true });
        if (code == "250")
            Assert.StartsWith("555 5.5.4", await client.AskAsync($"MAIL FROM:<a@b.test> AUTH={value}"));
        await client.AskAsync("XTLS");

        Assert.StartsWith(code, await client.AskAsync($"MAIL FROM:<a@b.test> AUTH={value}"));
    }

    [Theory, InlineData("BODY=BINARYMIME"), InlineData("SMTPUTF8")]
    public async Task What_only_EHLO_offers_is_unknown_behind_HELO(string parameter)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("HELO client.example");
        Assert.StartsWith("555 5.5.4", await client.AskAsync($"MAIL FROM:<a@b.test> {parameter}"));

        await client.AskAsync("EHLO client.example");
        Assert.StartsWith("250", await client.AskAsync($"MAIL FROM:<a@b.test> {parameter}"));
    }

    [Fact]
    public async Task A_session_has_as_many_transactions_as_MAILMAX_says()
    {
        await using var engine = new Engine(static options => options.MaxTransactionsPerSession = 2);
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.Contains("LIMITS RCPTMAX=1000 MAILMAX=2", await client.AskAsync("EHLO a.test"), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<a@b.test>"));
            await client.AskAsync("RSET");
        }

        Assert.StartsWith("421 4.7.0", await client.AskAsync("MAIL FROM:<a@b.test>"));
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task A_session_has_recipients_of_as_many_domains_as_RCPTDOMAINMAX_says()
    {
        await using var engine = new Engine(static options => options.MaxRecipientDomains = 2);
        engine.Delivery.OnRecipient = (_, path) => new(path.Domain == "no.test" ? RecipientDecision.Refuse(new(550, new(5, 1, 1), "no")) : RecipientDecision.Accept(engine.Delivery.Sink(0)));
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.Contains("LIMITS RCPTMAX=1000 RCPTDOMAINMAX=2", await client.AskAsync("EHLO a.test"), StringComparison.Ordinal);
        await client.AskAsync("MAIL FROM:<a@b.test>");

        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<x@one.test>"));
        Assert.StartsWith("550", await client.AskAsync("RCPT TO:<x@no.test>"));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<x@two.test>"));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<y@ONE.test>"));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<postmaster>"));
        Assert.StartsWith("452 4.5.3", await client.AskAsync("RCPT TO:<x@three.test>"));
        await client.AskAsync("RSET");
        await client.AskAsync("MAIL FROM:<a@b.test>");
        Assert.StartsWith("452 4.5.3", await client.AskAsync("RCPT TO:<x@three.test>"));
    }

    [Fact]
    public async Task HELP_names_what_is_offered_and_how_it_is_written()
    {
        await using var engine = new Engine(AddTls);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("214 2.0.0 Commands: BDAT DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET VRFY XTLS", await client.AskAsync("HELP"));
        Assert.Equal("214 2.0.0 RCPT TO:<recipient>", await client.AskAsync("help rcpt"));
        Assert.StartsWith("504 5.5.4", await client.AskAsync("HELP EXPN"));
        Assert.StartsWith("504 5.5.4", await client.AskAsync("HELP \u00fc"));
    }

    // A verb that makes the session look encrypted: what is told and taken then is looked at here, not the handshake.
    private static void AddTls(SmtpServerOptions options) =>
        options.Commands["XTLS"] = new SmtpCommand(SmtpPhases.Any, static (session, _, _) =>
        {
            session.Context.Tls = new SmtpTlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null);
            return new(new SmtpReply(250, new(2, 0, 0), "Ok"));
        });

    private sealed class Nobody : ISmtpAuthenticator
    {
        public ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken) => default;
    }
}
