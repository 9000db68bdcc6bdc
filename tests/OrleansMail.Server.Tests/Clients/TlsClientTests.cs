using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

/// <summary>Real clients over TLS: what they send comes out octet for octet, and the record and the trace line say how it came.</summary>
public sealed partial class TlsClientTests(TlsServer server) : IClassFixture<TlsServer>
{
    private const string Sender = "ada@sender.test";
    private static readonly byte[] Content = Encoding.ASCII.GetBytes($"From: {Sender}\r\nSubject: sealed\r\n\r\n{string.Concat(Enumerable.Repeat("0123456789abcdef0123456789abcdef\r\n", 3000))}");

    private const string Prologue = """
        import smtplib, ssl, sys
        address, port, sender, recipient, pem = sys.argv[1:]
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        data = sys.stdin.buffer.read()

        """;

    [Fact]
    public async Task Smtplib_with_starttls()
    {
        var mailbox = await server.NewMailboxAsync();
        await PythonAsync(mailbox, server.Process.Smtp, """
            with smtplib.SMTP(address, int(port), timeout=50) as client:
                client.starttls(context=context)
                client.sendmail(sender, [recipient], data)
            """);

        await VerifyAsync(mailbox, clientCertificate: false);
    }

    [Fact]
    public async Task Smtplib_with_implicit_tls_and_a_client_certificate()
    {
        var mailbox = await server.NewMailboxAsync();
        await PythonAsync(mailbox, server.Smtps, """
            context.load_cert_chain(pem)
            with smtplib.SMTP_SSL(address, int(port), context=context, timeout=50) as client:
                client.sendmail(sender, [recipient], data)
            """);

        await VerifyAsync(mailbox, clientCertificate: true);
    }

    [Fact]
    public async Task Smtplib_that_does_not_trust_the_certificate_delivers_in_plaintext()
    {
        var mailbox = await server.NewMailboxAsync();
        await PythonAsync(mailbox, server.Process.Smtp, """
            for attempt in range(30):
                try:
                    with smtplib.SMTP(address, int(port), timeout=50) as client:
                        client.starttls(context=ssl.create_default_context())
                        sys.exit("It was trusted.")
                except ssl.SSLError:
                    pass
            with smtplib.SMTP(address, int(port), timeout=50) as client:
                client.sendmail(sender, [recipient], data)
            """);

        var (item, message) = await server.ReceiveAsync(mailbox);
        Assert.Null(item.Envelope.Tls);
        Assert.Equal("ESMTP", item.Envelope.Protocol);
        Assert.Equal(Content, message.Content);
    }

    [Fact]
    public async Task Curl_that_requires_starttls()
    {
        var mailbox = await server.NewMailboxAsync();
        await CurlAsync(mailbox, "--ssl-reqd", $"smtp://{server.Process.Smtp}");
        await VerifyAsync(mailbox, clientCertificate: false);
    }

    [Fact]
    public async Task Curl_with_implicit_tls()
    {
        var mailbox = await server.NewMailboxAsync();
        await CurlAsync(mailbox, $"smtps://{server.Smtps}");
        await VerifyAsync(mailbox, clientCertificate: false);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Swaks_with_starttls_and_with_implicit_tls(bool startTls)
    {
        var mailbox = await server.NewMailboxAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("data"), DotStuffing.Encode(Content)[..^2]);
        var target = startTls ? server.Process.Smtp : server.Smtps;
        var swaks = CommandRunner.Require("swaks");
        (await CommandRunner.RunAsync(swaks, [
            "--server", $"{target}", startTls ? "--tls" : "--tls-on-connect", "--tls-sni", "localhost", "--from", Sender, "--to", mailbox,
            "--no-data-fixup", "--data", $"@{folder.File("data")}"])).EnsureSuccess();

        var item = await VerifyAsync(mailbox, clientCertificate: false);
        Assert.Equal("localhost", item.Envelope.Tls!.ServerName);
    }

    [Fact]
    public async Task Openssl_sees_the_certificate_of_the_file_and_ends_cleanly()
    {
        var openssl = CommandRunner.Require("openssl");
        var result = await CommandRunner.RunAsync(openssl, ["s_client", "-connect", $"{server.Smtps}", "-crlf", "-ign_eof", "-brief"], "quit\n"u8.ToArray());

        Assert.Contains("CN = mx.example.test", result.EnsureSuccess().Error.Replace("CN=", "CN = ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("221 2.0.0 ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected eof", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MX.Other.Test", "*.other.test")]
    [InlineData("elsewhere.test", "mx.example.test")]
    public async Task Openssl_is_shown_the_certificate_of_the_name_it_asks_for(string name, string shown)
    {
        var openssl = CommandRunner.Require("openssl");
        var result = await CommandRunner.RunAsync(
            openssl, ["s_client", "-connect", $"{server.Process.Smtp}", "-starttls", "smtp", "-servername", name, "-crlf", "-ign_eof", "-brief"], "quit\n"u8.ToArray());

        Assert.Contains($"CN = {shown}", result.EnsureSuccess().Error.Replace("CN=", "CN = ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ehlo_and_help_offer_starttls_only_where_it_works()
    {
        using var open = await SmtpTalk.ConnectAsync(server.Process.Smtp);
        await open.SayAsync("EHLO client.example", "250");
        Assert.Contains("250-STARTTLS", open.Lines);
        Assert.Contains("STARTTLS", await open.SayAsync("HELP", "214"), StringComparison.Ordinal);
        using var closed = await SmtpTalk.ConnectAsync(IPEndPoint.Parse(SmtpLine().Matches(server.Process.Output)[1].Groups[1].Value));
        await closed.SayAsync("EHLO client.example", "250");
        Assert.DoesNotContain(closed.Lines, static line => line.EndsWith("STARTTLS", StringComparison.Ordinal));
        Assert.DoesNotContain("STARTTLS", await closed.SayAsync("HELP", "214"), StringComparison.Ordinal);
        await closed.SayAsync("STARTTLS", "500 5.5.1");
    }

    private static async Task CurlAsync(string mailbox, params string[] arguments) =>
        (await CommandRunner.RunAsync(CommandRunner.Require("curl"), [.. arguments, "-sSk", "--mail-from", Sender, "--mail-rcpt", mailbox, "--upload-file", "-"], Content)).EnsureSuccess();

    private async Task PythonAsync(string mailbox, IPEndPoint target, string script) =>
        (await CommandRunner.RunAsync(
            CommandRunner.Require("python3"), ["-c", Prologue + script, $"{target.Address}", $"{target.Port}", Sender, mailbox, server.ClientPem], Content)).EnsureSuccess();

    private async Task<MessageItem> VerifyAsync(string mailbox, bool clientCertificate)
    {
        var (item, message) = await server.ReceiveAsync(mailbox);
        var tls = item.Envelope.Tls!;
        Assert.Equal(Content, message.Content);
        Assert.Equal("ESMTPS", item.Envelope.Protocol);
        Assert.StartsWith("TLSv1.", tls.Version);
        Assert.StartsWith("TLS_", tls.Cipher);
        Assert.Equal(clientCertificate ? "CN=client.example.test" : null, tls.ClientCertificate?.Subject);
        Assert.Contains($"(using {tls.Version} with cipher {tls.Cipher}", message.Trace[2].Value, StringComparison.Ordinal);
        Assert.Contains(" with ESMTPS id ", message.Trace[2].Value, StringComparison.Ordinal);
        return item;
    }

    [GeneratedRegex(@"^\s*SMTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex SmtpLine();
}
