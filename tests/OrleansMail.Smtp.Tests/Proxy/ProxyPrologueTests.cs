using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansMail.Smtp.Limits;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Proxy;

public sealed class ProxyPrologueTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_trusted_proxy_tells_the_client_and_where_it_connected_to(bool text)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(text ? Header.Text() : Header.Of(Header.Binary()));

        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        Assert.Equal(["192.0.2.7:40001 > 198.51.100.1:25 by 10.0.0.9:51000"], trusting.Clients);
        Assert.Contains("Hello 192.0.2.7,", await client.AskAsync("EHLO a.test"));
    }

    [Fact]
    public async Task A_header_octet_by_octet_and_what_is_pipelined_behind_it_are_taken()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        foreach (var octet in Header.Of(Header.Binary("2001:db8::7", "2001:db8::1")) + "EHLO a.test\r\n")
            await client.SendAsync($"{octet}");

        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        Assert.Contains("Hello 2001:db8::7,", await client.ReadReplyAsync());
    }

    [Theory, InlineData("::ffff:10.0.0.9", true), InlineData("fd00::1", true), InlineData("fe80::1%3", false), InlineData("::ffff:203.0.113.5", false), InlineData("11.0.0.1", false)]
    public async Task A_peer_is_trusted_by_its_address_in_either_family(string peer, bool trusted)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(new IPEndPoint(IPAddress.Parse(peer), 1));
        await client.SendAsync(Header.Text());
        await client.ReadReplyAsync();

        Assert.Equal(trusted, (await client.AskAsync("EHLO a.test")).Contains("192.0.2.7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_network_written_as_mapped_IPv6_is_the_IPv4_one()
    {
        await using var engine = new Engine(options => options.TrustedProxies.Add(IPNetwork.Parse("::ffff:10.0.0.0/104")));
        await using var client = Conversation.Start(engine.Server, Trusting.Proxy);
        await client.SendAsync(Header.Text());
        await client.ReadReplyAsync();

        Assert.Contains("Hello 192.0.2.7,", await client.AskAsync("EHLO a.test"));
    }

    [Theory, InlineData("text"), InlineData("binary"), InlineData("nobody is trusted")]
    public async Task From_anyone_else_a_header_is_a_syntax_error_and_changes_nothing(string kind)
    {
        await using var trusting = new Trusting(options =>
        {
            if (kind == "nobody is trusted")
                options.TrustedProxies.Clear();
        });
        await using var client = trusting.Connect(Trusting.Stranger);
        await client.SendAsync(kind == "binary" ? Header.Of(Header.Binary()) + "\r\n" : Header.Text());
        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        for (var lines = kind == "binary" ? 4 : 1; lines > 0; lines--)
            Assert.Equal("500 5.5.2 Error: bad syntax", await client.ReadReplyAsync());

        Assert.Contains("Hello 203.0.113.5,", await client.AskAsync("EHLO a.test"));
        Assert.Equal("500 5.5.2 Error: bad syntax", await client.AskAsync(Header.Text()[..^2]));
        Assert.Equal(["203.0.113.5:51000 > 127.0.0.1:25 by "], trusting.Clients);
    }

    [Fact]
    public async Task A_peer_without_an_address_is_not_trusted()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(null);
        await client.SendAsync(Header.Text());
        await client.ReadReplyAsync();

        Assert.StartsWith("500 5.5.2", await client.ReadReplyAsync());
    }

    public static TheoryData<string> OwnConnections => [Header.Of(Header.Binary(0x20, 0, [])), "PROXY UNKNOWN\r\n", Header.Of(Header.Binary(0x21, 0, [])), Header.Of(Header.Binary(0x21, 0x31, new byte[216]))];

    [Theory, MemberData(nameof(OwnConnections))]
    public async Task A_header_that_tells_of_nobody_leaves_the_connections_own_addresses(string header)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, Trusting.Required);
        await client.SendAsync(header);

        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        Assert.Equal(["10.0.0.9:51000 > 127.0.0.1:25 by "], trusting.Clients);
    }

    [Fact]
    public async Task A_trusted_peer_that_sends_nothing_is_greeted_after_a_moment()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        var greeting = client.ReadReplyAsync();
        Assert.False(greeting.IsCompleted);

        Assert.InRange(await trusting.Engine.AdvanceUntilAsync(greeting, TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.StartsWith("220 ", await greeting);
        Assert.Contains("Hello 10.0.0.9,", await client.AskAsync("EHLO a.test"));
    }

    [Fact]
    public async Task The_moment_does_not_shorten_the_time_to_the_first_command()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await trusting.Engine.AdvanceUntilAsync(client.ReadReplyAsync(), TimeSpan.FromSeconds(10));
        var reply = client.ReadReplyAsync();

        Assert.InRange(await trusting.Engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(1)), TimeSpan.FromSeconds(28), TimeSpan.FromSeconds(33));
        Assert.StartsWith("421 4.4.2", await reply);
    }

    [Fact]
    public async Task A_trusted_peer_that_speaks_without_a_header_is_greeted_at_once()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync("EHLO a.test\r\n");

        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        Assert.Contains("Hello 10.0.0.9,", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task A_header_that_comes_after_the_greeting_ends_the_session_without_a_word()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await trusting.Engine.AdvanceUntilAsync(client.ReadReplyAsync(), TimeSpan.FromSeconds(10));
        await client.SendAsync(Header.Text() + "EHLO a.test\r\n");

        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Theory, InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001\r\nEHLO a.test\r\n"), InlineData("PROXY nonsense\r\n"), InlineData("PROXY\r\n")]
    public async Task An_invalid_header_of_a_trusted_peer_ends_the_session_without_a_word(string header)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(header);

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Empty(trusting.Clients);
    }

    [Theory, InlineData("PROXY TCP4 192.0.2.7"), InlineData("P"), InlineData("\r\n\r\n\0\r\nQUIT\n")]
    public async Task A_header_that_never_ends_ends_the_session_without_a_word(string front)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(front);
        var output = client.ReadToEndAsync();

        Assert.InRange(await trusting.Engine.AdvanceUntilAsync(output, TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal("", await output);
    }

    [Theory, InlineData("EHLO a.test\r\n"), InlineData("\r\n\r\nnothing"), InlineData("PROXY nonsense\r\n")]
    public async Task Where_a_header_is_required_anything_else_ends_the_session_without_a_word(string input)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, Trusting.Required);
        await client.SendAsync(input);

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Where_a_header_is_required_silence_is_borne_for_the_greeting_time_only()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, Trusting.Required);
        var output = client.ReadToEndAsync();

        Assert.InRange(await trusting.Engine.AdvanceUntilAsync(output, TimeSpan.FromMinutes(1)), TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(33));
        Assert.Equal("", await output);
    }

    [Fact]
    public async Task Where_a_header_is_required_strangers_are_not_heard()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Stranger, Trusting.Required);
        await client.SendAsync(Header.Text());

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Where_a_header_is_required_one_is_enough()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, Trusting.Required);
        await client.SendAsync(Header.Text());

        Assert.StartsWith("220 ", await client.ReadReplyAsync());
    }

    [Theory, InlineData(false, "421 4.3.2"), InlineData(true, "")]
    public async Task A_drain_does_not_wait_for_a_header(bool required, string last)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, required ? Trusting.Required : null);
        await trusting.Engine.Server.DrainAsync(CancellationToken.None);

        Assert.StartsWith(last, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_proxy_that_goes_away_without_a_word_leaves_nothing_behind()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        client.Hangup();
        await client.Completion;

        Assert.Equal((0, 0), (trusting.Engine.Server.Sessions, trusting.Clients.Count));
    }

    [Theory, InlineData("::ffff:0:0/96", "203.0.113.9", true), InlineData("2001:db8::9/128", "2001:db8::9", true), InlineData("2001:db8::9/128", "2001:db8::8", false)]
    public async Task Networks_of_any_length_and_form_are_trusted(string network, string peer, bool trusted)
    {
        await using var engine = new Engine(options => options.TrustedProxies.Add(IPNetwork.Parse(network)));
        await using var client = Conversation.Start(engine.Server, new IPEndPoint(IPAddress.Parse(peer), 1));
        await client.SendAsync(Header.Text() + "EHLO a.test\r\n");
        await client.ReadReplyAsync();

        Assert.Equal(trusted, (await client.ReadReplyAsync()).Contains("Hello 192.0.2.7,", StringComparison.Ordinal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_drain_ends_the_wait_for_a_header(bool required)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, required ? Trusting.Required : null);
        await trusting.Engine.Server.DrainAsync(CancellationToken.None);

        Assert.StartsWith(required ? "" : "421 4.3.2", await client.ReadReplyAsync());
        Assert.Empty(await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Refused_connections_are_counted_and_told()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var refused = new MetricCollector<long>(meters, "OrleansMail", "orleansmail.smtp.refusals");
        var told = new List<SmtpDecision>();
        var options = new SmtpServerOptions { HostName = "mx.test", OnDecision = told.Add };
        options.TrustedProxies.Add(IPNetwork.Parse("10.0.0.0/8"));
        await using var server = new SmtpServer(options, new MemoryDelivery(), meters: meters);
        await using (var client = Conversation.Start(server, Trusting.Proxy))
            await client.SendAsync("PROXY nonsense\r\n");
        await using (Conversation.Start(server, Trusting.Stranger, Trusting.Required))
        {
        }

        Assert.Equal(["proxy", "proxy"], refused.GetMeasurementSnapshot().Select(static one => one.Tags["reason"]));
        Assert.Equal([(SmtpStage.Connection, "proxy"), (SmtpStage.Connection, "proxy")], told.Select(static one => (one.Stage, one.Reason)));
    }
}
