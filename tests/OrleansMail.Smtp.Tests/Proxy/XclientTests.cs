using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Proxy;

public sealed class XclientTests
{
    private const string Offer = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

    [Fact]
    public async Task A_trusted_peer_is_offered_it_and_the_session_begins_anew_for_the_told_client()
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);
        Assert.Contains(Offer, await client.AskAsync("EHLO proxy.test"));
        Assert.StartsWith("220 mx.example.test ", await client.AskAsync("XCLIENT NAME=mail.client.test ADDR=192.0.2.7 PORT=40001 DESTADDR=198.51.100.1 DESTPORT=587"));

        Assert.Equal("192.0.2.7:40001 > 198.51.100.1:587 by 10.0.0.9:51000", trusting.Clients[^1]);
        Assert.StartsWith("503 5.5.1", await client.AskAsync("MAIL FROM:<c@d.test>"));
        Assert.Contains("Hello 192.0.2.7,", await client.AskAsync("EHLO a.test"));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<c@d.test>"));
    }

    [Fact]
    public async Task In_lmtp_the_session_begins_anew_with_lmtps_greeting()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy, new SmtpListenerOptions { Lmtp = true });
        var greeting = client.ReadReplyAsync();
        await trusting.Engine.AdvanceUntilAsync(greeting, TimeSpan.FromSeconds(10));

        Assert.Equal(await greeting, await client.AskAsync("XCLIENT ADDR=192.0.2.7"));
        Assert.Equal("503 5.5.1 Send LHLO first", await client.AskAsync("MAIL FROM:<c@d.test>"));
    }

    [Theory, InlineData("XCLIENT ADDR=192.0.2.7"), InlineData("XCLIENT"), InlineData("xclient NAME=x")]
    public async Task To_anyone_else_it_is_unknown(string line)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Stranger);
        await client.ReadReplyAsync();
        Assert.Equal(await client.AskAsync("XUNKNOWN ADDR=192.0.2.7"), await client.AskAsync(line));

        Assert.DoesNotContain("XCLIENT", await client.AskAsync("EHLO a.test"));
        Assert.Equal("500 5.5.1 Command not recognized", await client.AskAsync(line));
        Assert.DoesNotContain("XCLIENT", await client.AskAsync("HELP"));
        Assert.Contains("Hello 203.0.113.5,", await client.AskAsync("EHLO a.test"));
    }

    [Fact]
    public async Task A_client_behind_a_trusted_proxy_is_not_offered_it()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(Header.Text());
        await client.ReadReplyAsync();

        Assert.DoesNotContain("XCLIENT", await client.AskAsync("EHLO a.test"));
        Assert.StartsWith("500 5.5.1", await client.AskAsync("XCLIENT ADDR=127.0.0.1"));
    }

    [Theory, InlineData("PROXY UNKNOWN\r\n", false), InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", true)]
    public async Task Only_a_connection_of_the_proxys_own_is_offered_it(string header, bool offered)
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(header);
        await client.ReadReplyAsync();

        Assert.Equal(offered, (await client.AskAsync("EHLO a.test")).Contains(Offer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trusted_client_behind_a_trusted_proxy_may_tell_and_the_nearest_proxy_is_recorded()
    {
        await using var trusting = new Trusting();
        await using var client = trusting.Connect(Trusting.Proxy);
        await client.SendAsync(Header.Text("10.1.1.1"));
        await client.ReadReplyAsync();

        Assert.StartsWith("220 ", await client.AskAsync("XCLIENT ADDR=192.0.2.8"));
        Assert.Equal("192.0.2.8:0 > 198.51.100.1:25 by 10.0.0.9:51000", trusting.Clients[^1]);
    }

    [Theory]
    [InlineData("ADDR=IPV6:2001:db8::7 PORT=1", "[2001:db8::7]:1 > 127.0.0.1:25")]
    [InlineData("addr=ipv6:2001:db8::7", "[2001:db8::7]:0 > 127.0.0.1:25")]
    [InlineData("ADDR=IPv6:::ffff:192.0.2.7", "192.0.2.7:0 > 127.0.0.1:25")]
    [InlineData("ADDR=[UNAVAILABLE]", " > 127.0.0.1:25")]
    [InlineData("ADDR=[tempunavail] NAME=[TEMPUNAVAIL] HELO=[unavailable] PROTO=[UNAVAILABLE] LOGIN=[UNAVAILABLE]", " > 127.0.0.1:25")]
    [InlineData("ADDR=192.0.2.7 PORT=[UNAVAILABLE] DESTADDR=[UNAVAILABLE] DESTPORT=[UNAVAILABLE]", "192.0.2.7:0 > ")]
    [InlineData("PORT=7", "10.0.0.9:7 > 127.0.0.1:25")]
    [InlineData("DESTPORT=587", "10.0.0.9:51000 > 127.0.0.1:587")]
    [InlineData("NAME=x  LOGIN=carol", "10.0.0.9:51000 > 127.0.0.1:25")]
    [InlineData("ADDR=+31+392.0.2.7", "192.0.2.7:0 > 127.0.0.1:25")]
    [InlineData("ADDR=IPV6:2001+3Adb8+3A:7", "[2001:db8::7]:0 > 127.0.0.1:25")]
    [InlineData("ADDR=IPV6:2001:0db8:aaaa:bbbb:cccc:dddd:192.168.102.207", "[2001:db8:aaaa:bbbb:cccc:dddd:c0a8:66cf]:0 > 127.0.0.1:25")]
    [InlineData("NAME=! LOGIN=~", "10.0.0.9:51000 > 127.0.0.1:25")]
    public async Task Attributes_change_what_they_name(string attributes, string ends)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);

        Assert.StartsWith("220 ", await client.AskAsync("XCLIENT " + attributes));
        Assert.Equal(ends + " by 10.0.0.9:51000", trusting.Clients[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ADDR")]
    [InlineData("ADDR=")]
    [InlineData("=192.0.2.7")]
    [InlineData("ADDR=192.0.2")]
    [InlineData("ADDR=192.0.2.07")]
    [InlineData("ADDR=[192.0.2.7]")]
    [InlineData("ADDR=2001:db8::7")]
    [InlineData("ADDR=IPV6:192.0.2.7")]
    [InlineData("ADDR=IPV6:")]
    [InlineData("ADDR=mail.client.test")]
    [InlineData("PORT=65536")]
    [InlineData("PORT=-1")]
    [InlineData("PORT=+30+35")]
    [InlineData("PROTO=HTTP")]
    [InlineData("REVERSE_NAME=x")]
    [InlineData("FOO=bar")]
    [InlineData("NAME=a+0")]
    [InlineData("NAME=a+0g")]
    [InlineData("NAME=a+3d")]
    [InlineData("NAME=a=b")]
    [InlineData("NAME=\u00e9")]
    [InlineData("ADDR=192.0.2.7 FOO=bar")]
    public async Task What_is_ill_formed_or_unknown_is_refused_and_changes_nothing(string attributes)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);
        await client.AskAsync("EHLO proxy.test");

        Assert.Equal("501 5.5.4 Syntax error in parameters or arguments", await client.AskAsync("XCLIENT " + attributes));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<c@d.test>"));
        Assert.Single(trusting.Clients);
    }

    [Theory, InlineData(254, "220"), InlineData(255, "220"), InlineData(256, "501 5.5.4")]
    public async Task A_value_may_have_255_octets(int octets, string answer)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);

        Assert.StartsWith(answer, await client.AskAsync($"XCLIENT NAME={new string('a', octets)}"));
    }

    [Theory, InlineData(""), InlineData("RCPT TO:<ok@example.test>")]
    public async Task Inside_a_transaction_it_is_refused_and_changes_nothing(string more)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);
        await client.AskAsync("EHLO proxy.test");
        await client.AskAsync("MAIL FROM:<c@d.test>");
        if (more.Length > 0)
            await client.AskAsync(more);

        Assert.StartsWith("503 5.5.1", await client.AskAsync("XCLIENT ADDR=192.0.2.7"));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }

    [Theory, InlineData("HELO=client.test PROTO=ESMTP", "ESMTP", "client.test"), InlineData("HELO=client.test PROTO=SMTP", "SMTP", "client.test"), InlineData("HELO=[192.0.2.7]", "SMTP", "[192.0.2.7]"),
        InlineData("HELO=mail+2Dclient+2Etest", "SMTP", "mail-client.test")]
    public async Task A_told_HELO_stands_for_the_clients_own_until_it_says_one(string attributes, string protocol, string helo)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);
        await client.AskAsync("XCLIENT ADDR=192.0.2.7 " + attributes);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());

        Assert.StartsWith($"Received: from {helo} ([192.0.2.7])\r\n\tby mx.example.test with {protocol} ", Text.Of(trusting.Engine.Delivery.Messages[0].Trace));
    }

    [Theory, InlineData("HELO=bad+20name"), InlineData("HELO=a+0D+0AX:")]
    public async Task A_told_HELO_that_is_no_name_is_none(string attributes)
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);

        Assert.StartsWith("220", await client.AskAsync("XCLIENT " + attributes));
        Assert.StartsWith("503", await client.AskAsync("MAIL FROM:<c@d.test>"));
    }

    [Fact]
    public async Task It_may_be_said_again_for_the_next_client()
    {
        await using var trusting = new Trusting();
        await using var client = await GreetAsync(trusting);
        await client.AskAsync("XCLIENT ADDR=192.0.2.7 PORT=1");

        Assert.StartsWith("220", await client.AskAsync("XCLIENT ADDR=192.0.2.8"));
        Assert.Equal("192.0.2.8:0 > 127.0.0.1:25 by 10.0.0.9:51000", trusting.Clients[^1]);
    }

    private static async Task<Conversation> GreetAsync(Trusting trusting)
    {
        var client = trusting.Connect(Trusting.Proxy);
        await trusting.Engine.AdvanceUntilAsync(client.ReadReplyAsync(), TimeSpan.FromSeconds(10));
        return client;
    }
}
