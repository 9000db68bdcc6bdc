using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Proxies;

public sealed class HaproxyTests(ProxiedServer server) : IClassFixture<ProxiedServer>
{
    [Theory]
    [InlineData("text", "send-proxy", "multipart-alternative")]
    [InlineData("binary", "send-proxy-v2", "long-lines")]
    [InlineData("checksum", "send-proxy-v2 proxy-v2-options crc32c", "base64-attachment")]
    public async Task The_record_of_a_message_through_HAProxy_names_the_client(string name, string options, string message)
    {
        var swaks = CommandRunner.Require("swaks");
        await using var haproxy = await HaproxyInstance.StartAsync(server.Smtp, options);
        var file = CorpusFile.Load(message);
        var mailbox = await server.NewMailboxAsync($"haproxy-{name}");

        await SendAsync(swaks, file, mailbox, ["--server", $"127.0.0.1:{haproxy.Port}", "--local-interface", ProxiedServer.Client, "--helo", "client.test"]);

        await server.VerifyAsync(mailbox, file, ProxiedServer.Client, "client.test");
    }

    [Theory, InlineData("text-6", "send-proxy"), InlineData("binary-6", "send-proxy-v2")]
    public async Task The_client_may_have_an_IPv6_address(string name, string options)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6.");
        await using var haproxy = await HaproxyInstance.StartAsync(server.Smtp, options);
        var file = CorpusFile.Load("plain");
        var mailbox = await server.NewMailboxAsync($"haproxy-{name}");

        using (var talk = await SmtpTalk.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, haproxy.Port)))
            await talk.DeliverAsync(file.Sender, mailbox, file.Content);

        await server.VerifyAsync(mailbox, file, "::1");
    }

    [Fact]
    public async Task Without_the_header_HAProxy_itself_is_the_client()
    {
        await using var haproxy = await HaproxyInstance.StartAsync(server.Smtp, "");
        var file = CorpusFile.Load("plain");
        var mailbox = await server.NewMailboxAsync("haproxy-none");

        using (var talk = await SmtpTalk.ConnectAsync(new IPEndPoint(IPAddress.Loopback, haproxy.Port)))
            await talk.DeliverAsync(file.Sender, mailbox, file.Content);

        await server.VerifyAsync(mailbox, file, "127.0.0.1");
    }

    [Fact]
    public async Task A_listener_that_requires_the_header_takes_mail_through_HAProxy()
    {
        var swaks = CommandRunner.Require("swaks");
        await using var haproxy = await HaproxyInstance.StartAsync(server.RequireProxy, "send-proxy-v2");
        var file = CorpusFile.Load("nested-message");
        var mailbox = await server.NewMailboxAsync("haproxy-required");

        await SendAsync(swaks, file, mailbox, ["--server", $"127.0.0.1:{haproxy.Port}", "--local-interface", ProxiedServer.Client, "--helo", "client.test"]);

        await server.VerifyAsync(mailbox, file, ProxiedServer.Client, "client.test");
    }

    // The proxy itself is heard, until what it says can be no header; a stranger is not.
    [Theory, InlineData("127.0.0.1", "EHLO client.test\r\n"), InlineData(ProxiedServer.Client, "")]
    public async Task A_direct_connection_to_a_listener_that_requires_the_header_is_closed_without_a_word(string client, string says)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(client), 0));
        await socket.ConnectAsync(server.RequireProxy);
        await socket.SendAsync(Encoding.ASCII.GetBytes(says));

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[100], timeout.Token));
    }

    [Theory]
    [InlineData("1", "192.0.2.7", "TCP4", "198.51.100.1")]
    [InlineData("2", "192.0.2.7", "AF_INET", "198.51.100.1")]
    [InlineData("1", "2001:db8::7", "TCP6", "2001:db8::1")]
    [InlineData("2", "2001:db8::7", "AF_INET6", "2001:db8::1")]
    public async Task The_record_of_a_message_with_a_header_of_swaks_names_the_client(string version, string client, string family, string destination)
    {
        var swaks = CommandRunner.Require("swaks");
        var file = CorpusFile.Load("dots");
        var mailbox = await server.NewMailboxAsync($"swaks-{version}-{(client.Contains(':', StringComparison.Ordinal) ? 6 : 4)}");

        await SendAsync(swaks, file, mailbox,
            ["--server", $"{server.Smtp}", "--proxy-version", version, "--proxy-family", family, "--proxy-source", client, "--proxy-source-port", "40001", "--proxy-dest", destination, "--proxy-dest-port", "25"]);

        await server.VerifyAsync(mailbox, file, client);
    }

    [Fact]
    public async Task The_record_of_a_message_after_XCLIENT_names_the_told_client()
    {
        var swaks = CommandRunner.Require("swaks");
        var file = CorpusFile.Load("plain");
        var mailbox = await server.NewMailboxAsync("xclient");

        await SendAsync(swaks, file, mailbox,
            ["--server", $"{server.Smtp}", "--xclient-addr", "192.0.2.7", "--xclient-name", "mail.client.test", "--xclient-port", "40001", "--xclient-helo", "told.test", "--helo", "client.test"]);

        await server.VerifyAsync(mailbox, file, "192.0.2.7", "client.test");
    }

    [Theory, InlineData("1", "TCP4", 1), InlineData("2", "AF_INET", 3)]
    public async Task A_header_of_a_stranger_is_junk_lines(string version, string family, int lines)
    {
        var result = await AsStrangerAsync(
            "--quit-after", "EHLO", "--proxy-version", version, "--proxy-family", family,
            "--proxy-source", "192.0.2.7", "--proxy-source-port", "1", "--proxy-dest", "192.0.2.8", "--proxy-dest-port", "25");

        Assert.DoesNotContain("Hello 192.0.2.7", result.Output, StringComparison.Ordinal);
        Assert.True(result.Output.Split("500 5.5.2 Error: bad syntax").Length > Math.Min(lines, 2), result.Output); // swaks leaves after two
    }

    [Fact]
    public async Task A_stranger_is_not_offered_XCLIENT()
    {
        var result = await AsStrangerAsync("--quit-after", "MAIL", "--xclient-addr", "192.0.2.7");

        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("XCLIENT NAME", result.Output, StringComparison.Ordinal);
    }

    private Task<CommandResult> AsStrangerAsync(params string[] arguments) =>
        CommandRunner.RunAsync(CommandRunner.Require("swaks"),
            ["--server", $"{server.Smtp}", "--local-interface", ProxiedServer.Client, "--from", "a@b.test", "--to", "nobody@proxied.test", .. arguments]);

    private static async Task SendAsync(string swaks, CorpusFile file, string mailbox, string[] arguments)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("data"), DotStuffing.Encode(file.Content)[..^2]);
        string[] message = ["--from", file.Sender, "--to", mailbox, "--no-data-fixup", "--data", $"@{folder.File("data")}"];
        (await CommandRunner.RunAsync(swaks, [.. arguments, .. message])).EnsureSuccess();
    }
}
