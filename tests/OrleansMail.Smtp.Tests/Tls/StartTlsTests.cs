using OrleansMail.Smtp.Authentication;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Tls;

public sealed class StartTlsTests
{
    private static readonly SmtpListenerOptions Plain = new() { Tls = SmtpListenerTls.None };
    private static readonly SmtpListenerOptions Implicit = new() { Tls = SmtpListenerTls.Implicit };

    [Fact]
    public async Task A_message_comes_over_tls_and_its_trace_line_says_so()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: sealed\r\n\r\nbody\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());

        var message = Assert.Single(engine.Delivery.Messages);
        Assert.Equal("Subject: sealed\r\n\r\nbody\r\n", Text.Of(message.Content));
        Assert.StartsWith(
            "Received: from client.example\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384\r\n\tfor server name mx.example.test)\r\n\tby mx.example.test with ESMTPS id test\r\n\tfor <ok@example.test>;",
            Text.Of(message.Trace));
        Assert.StartsWith("221", await client.AskAsync("QUIT"));
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Ehlo_offers_it_in_plaintext_only()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        Assert.Contains(" STARTTLS", (await client.AskAsync("EHLO client.example")).Replace('-', ' '));
        Assert.Equal("220 2.0.0 Ready to start TLS", await client.AskAsync("starttls"));
        await client.HandshakeAsync();
        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"));
        Assert.Equal("503 5.5.1 TLS is already active", await client.AskAsync("STARTTLS"));
    }

    [Fact]
    public async Task It_is_not_offered_and_not_implemented_without_a_certificate()
    {
        await using var engine = new Engine(options => options.Tls.SelectCertificate = static (_, _) => null);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"));
        Assert.Equal("502 5.5.1 Command not implemented", await client.AskAsync("STARTTLS"));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_had_costs_no_session()
    {
        await using var engine = new Engine(options => options.Tls.SelectCertificate = static (_, _) => throw new IOException("The disk is gone."));
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"));
        Assert.StartsWith("502 5.5.1 ", await client.AskAsync("STARTTLS"));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_listener_without_tls_does_not_know_the_command()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server, Plain);
        await client.ReadReplyAsync();

        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"));
        Assert.Equal("500 5.5.1 Command not recognized", await client.AskAsync("STARTTLS"));
    }

    [Fact]
    public async Task An_argument_is_refused_and_the_session_stays_in_plaintext()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("501 5.5.4 This command takes no argument", await client.AskAsync("STARTTLS now"));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Theory, InlineData("NOOP\r\n"), InlineData("MAIL FROM:<evil@origin.test>\r\nRCPT TO:<ok@example.test>\r\n"), InlineData("RSET"), InlineData("RSET\r")]
    public async Task What_is_pipelined_in_plaintext_behind_it_is_never_carried_into_tls(string injected)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        await client.SendAsync("STARTTLS\r\n" + injected);
        Assert.StartsWith("220", await client.ReadReplyAsync());
        await client.HandshakeAsync();

        Assert.StartsWith("252", await client.AskAsync("VRFY somebody"));
        Assert.StartsWith("250-", await client.AskAsync("EHLO client.example"));
        Assert.StartsWith("503", await client.AskAsync("DATA"));
    }

    [Fact]
    public async Task The_transaction_and_the_greeting_are_forgotten()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        await client.AskAsync("MAIL FROM:<carol@origin.test>");
        Assert.Equal(1, engine.Server.Transactions);
        await client.StartTlsAsync();

        Assert.Equal(0, engine.Server.Transactions);
        Assert.Equal("503 5.5.1 Send HELO or EHLO first", await client.AskAsync("MAIL FROM:<carol@origin.test>"));
        await client.AskAsync("EHLO client.example");
        Assert.StartsWith("503", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }

    [Fact]
    public async Task An_implicit_listener_greets_inside_tls()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server, Implicit);
        await client.HandshakeAsync();

        Assert.Equal("220 mx.example.test ESMTP", await client.ReadReplyAsync());
        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO client.example"));
        Assert.StartsWith("503 5.5.1 ", await client.AskAsync("STARTTLS"));
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Contains(" with ESMTPS ", Text.Of(Assert.Single(engine.Delivery.Messages).Trace));
    }

    [Fact]
    public async Task An_identity_and_tls_together_are_esmtpsa()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        engine.Delivery.OnSender = static transaction =>
        {
            transaction.Session.Identity = new SmtpIdentity("somebody");
            return default;
        };
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());

        Assert.Contains(" with ESMTPSA ", Text.Of(Assert.Single(engine.Delivery.Messages).Trace));
    }
}
