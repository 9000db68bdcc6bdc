using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OrleansMail.Smtp.Tls;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Tls;

public sealed class HandshakeTests
{
    private static readonly SmtpListenerOptions Implicit = new() { Tls = SmtpListenerTls.Implicit };

    [Theory, InlineData(SslProtocols.Tls12, "TLSv1.2"), InlineData(SslProtocols.Tls13, "TLSv1.3")]
    public async Task Both_present_versions_are_spoken(SslProtocols protocol, string name)
    {
        var tls = await ShakeAsync(client => client.StartTlsAsync(protocol));

        Assert.Equal(name, tls.Version);
        Assert.StartsWith("TLS_", tls.Cipher);
    }

    [Fact]
    public async Task A_version_below_the_minimum_fails_and_the_retry_in_plaintext_delivers()
    {
        var failures = new List<Exception>();
        await using var engine = new Engine(options =>
        {
            options.OfferTls();
            options.MaxErrors = 1;
            options.Tls.Minimum = SslProtocols.Tls13;
            options.Tls.OnHandshakeFailed = (_, failure) => failures.Add(failure);
        });
        for (var i = 0; i < 3; i++)
        {
            await using var old = TlsConversation.Start(engine.Server);
            await old.ReadReplyAsync();
            await old.AskAsync("EHLO client.example");
            await Assert.ThrowsAnyAsync<Exception>(() => old.StartTlsAsync(SslProtocols.Tls12));
            await old.Completion;
        }

        Assert.Equal(3, failures.Count);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: plain\r\n\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task The_certificate_is_chosen_by_the_name_the_client_asks_for()
    {
        var other = System.Net.Security.SslStreamCertificateContext.Create(TestCertificate.Create("other.example.test"), null, offline: true);
        await using var engine = new Engine(options => options.Tls.SelectCertificate = (_, name) =>
            name == "other.example.test" ? other : name is null ? TestCertificate.Default : null);

        Assert.Equal("CN=other.example.test", await ShownAsync(engine.Server, "other.example.test"));
        Assert.Equal("CN=other.example.test", await ShownAsync(engine.Server, "OTHER.example.TEST"));
        Assert.Equal("CN=mx.example.test", await ShownAsync(engine.Server, "unknown.example.test"));
        Assert.Equal("CN=mx.example.test", await ShownAsync(engine.Server, ""));
    }

    [Fact]
    public async Task A_renewed_certificate_serves_the_next_handshake_and_leaves_open_sessions_alone()
    {
        var current = TestCertificate.Default;
        await using var engine = new Engine(options => options.Tls.SelectCertificate = (_, _) => current);
        await using var before = await TlsConversation.GreetAsync(engine.Server);
        current = System.Net.Security.SslStreamCertificateContext.Create(TestCertificate.Create("new.example.test"), null, offline: true);

        Assert.Equal("CN=new.example.test", await ShownAsync(engine.Server, "mx.example.test"));
        Assert.StartsWith("250", await before.AskAsync("NOOP"));
    }

    [Theory, InlineData("mx.example.test", "mx.example.test"), InlineData("", null), InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    public async Task The_name_asked_for_is_recorded_as_an_a_label(string asked, string? recorded) =>
        Assert.Equal(recorded, (await ShakeAsync(client => client.StartTlsAsync(host: asked))).ServerName);

    [Theory, InlineData("a(b).test"), InlineData("a b.test"), InlineData("a\r\nb.test"), InlineData("\u0007.test"), InlineData("")]
    public void A_name_that_is_no_host_name_counts_as_none(string name) => Assert.Null(ServerName.Clean(name));

    [Fact]
    public void Names_are_lower_case_a_labels_of_at_most_255_octets()
    {
        Assert.Equal("xn--bcher-kva.example", ServerName.Clean("Bücher.example"));
        Assert.Equal(255, ServerName.Clean(new string('A', 255))!.Length);
        Assert.Null(ServerName.Clean(new string('a', 256)));
    }

    [Theory, InlineData(SslProtocols.Tls12), InlineData(SslProtocols.Tls13)]
    public async Task A_client_certificate_is_recorded_and_not_verified(SslProtocols protocol)
    {
        using var own = TestCertificate.Create("client.example");
        using var certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        var shown = (await ShakeAsync(client => client.StartTlsAsync(protocol, certificate: certificate))).ClientCertificate;

        Assert.Equal("CN=client.example", shown!.Subject);
        Assert.Equal(Convert.ToHexStringLower(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)), shown.Fingerprint);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_welcome() =>
        Assert.Null((await ShakeAsync(client => client.StartTlsAsync())).ClientCertificate);

    [Theory, InlineData("EHLO client.example\r\n"), InlineData("\u0016\u0003\u0001\u00ff\u00ff"), InlineData("\u0016\u0003\u0001\u0000\u0004abcd"), InlineData("\u0080\u002e\u0001\u0003\u0001")]
    public async Task Garbage_in_place_of_a_handshake_ends_the_session_without_a_reply(string garbage)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        Assert.StartsWith("220", await client.AskAsync("STARTTLS"));
        await client.SendAsync(garbage);
        await client.Completion;

        Assert.DoesNotContain("421", await ReadRestAsync(client));
        Assert.Equal(0, engine.Server.Sessions);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_handshake_that_is_not_finished_ends_quietly_when_its_time_is_over(bool begun)
    {
        var told = new List<SmtpTimeout>();
        await using var engine = new Engine(options =>
        {
            options.OfferTls();
            options.OnTimeout = (_, which) => told.Add(which);
        });
        await using var client = TlsConversation.Start(engine.Server, Implicit);
        if (begun)
            await client.SendAsync("\u0016\u0003\u0001\u0002");
        var moved = await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromSeconds(40));

        Assert.True(client.Completion.IsCompleted, "The session did not end.");
        Assert.InRange(moved, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(33));
        Assert.Equal([SmtpTimeout.TlsHandshake], told);
        Assert.DoesNotContain("421", await ReadRestAsync(client));
    }

    [Fact]
    public async Task A_slow_handshake_is_not_ended_by_a_drain_but_the_session_behind_it_is()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        Assert.StartsWith("220", await client.AskAsync("STARTTLS"));
        client.Raw.ChunkSize = 1;
        var shaken = client.HandshakeAsync();
        var drained = engine.Server.DrainAsync(CancellationToken.None);
        await shaken;

        Assert.StartsWith("421 4.3.2 ", await client.ReadReplyAsync());
        await drained;
    }

    [Fact]
    public async Task A_handshake_ends_when_the_server_does()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server, Implicit);
        await engine.Server.DisposeAsync();
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_the_handshake_is_forgotten()
    {
        var failures = 0;
        await using var engine = new Engine(options =>
        {
            options.OfferTls();
            options.Tls.OnHandshakeFailed = (_, _) =>
            {
                failures++;
                throw new InvalidOperationException("The hook is broken.");
            };
        });
        await using var client = TlsConversation.Start(engine.Server, Implicit);
        await client.SendAsync("\u0016\u0003\u0001\u0002");
        client.Hangup();
        await client.Completion;

        Assert.Equal((1, 0), (failures, engine.Server.Sessions));
    }

    private static async Task<SmtpTlsInfo> ShakeAsync(Func<TlsConversation, Task> startTls)
    {
        SmtpTlsInfo? seen = null;
        await using var engine = new Engine(TestCertificate.OfferTls);
        engine.Delivery.OnSender = transaction =>
        {
            seen = transaction.Session.Tls;
            return default;
        };
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        await startTls(client);
        await client.AskAsync("EHLO client.example");
        await client.AskAsync("MAIL FROM:<carol@origin.test>");
        return seen!;
    }

    private static async Task<string> ShownAsync(SmtpServer server, string name)
    {
        await using var client = TlsConversation.Start(server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        await client.StartTlsAsync(host: name);
        return client.Tls!.RemoteCertificate!.Subject;
    }

    private static async Task<string> ReadRestAsync(TlsConversation client)
    {
        var rest = new byte[4096];
        return Text.Of(rest.AsSpan(0, await client.Raw.ReadAsync(rest)));
    }
}
