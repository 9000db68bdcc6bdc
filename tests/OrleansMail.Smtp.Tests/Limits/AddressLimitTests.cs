using System.IO.Pipelines;
using System.Net;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Sessions;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Limits;

public sealed class AddressLimitTests
{
    private const string TooMany = "421 4.7.0 mx.example.test Too many connections from your address, try again later";
    private const string TooOften = "421 4.7.0 mx.example.test Too many new connections from your address, try again later";

    [Fact]
    public async Task An_address_has_so_many_sessions_at_once_and_one_more_when_one_has_ended()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 3);
        await using var first = await GreetedAsync(engine, "192.0.2.1");
        await using var second = await GreetedAsync(engine, "192.0.2.1");
        await using (var third = await GreetedAsync(engine, "192.0.2.1"))
        {
            Assert.Equal(TooMany, await RefusalAsync(engine, "192.0.2.1"));
            Assert.Equal(TooMany, await RefusalAsync(engine, "::ffff:192.0.2.1"));
            Assert.Equal(TooMany, await RefusalAsync(engine, "64:ff9b::192.0.2.1"));
            await using var other = await GreetedAsync(engine, "192.0.2.2");
        }

        await using var fourth = await GreetedAsync(engine, "192.0.2.1");
        Assert.Equal(TooMany, await RefusalAsync(engine, "192.0.2.1"));
        Assert.StartsWith("250", await first.AskAsync("NOOP"));
    }

    [Fact]
    public async Task All_addresses_of_a_64_are_one_client_and_its_neighbours_are_not()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        await using var first = await GreetedAsync(engine, "2001:db8:0:1::1");

        Assert.Equal(TooMany, await RefusalAsync(engine, "2001:db8:0:1:ffff:ffff:ffff:ffff"));
        await using var neighbour = await GreetedAsync(engine, "2001:db8:0:2::1");
    }

    [Fact]
    public async Task A_48_is_worth_ten_clients()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        var clients = new List<Conversation>();
        for (var i = 0; i < 10; i++)
            clients.Add(await GreetedAsync(engine, $"2001:db8:7:{i:x}::1"));

        Assert.Equal(TooMany, await RefusalAsync(engine, "2001:db8:7:a::1"));
        await using var elsewhere = await GreetedAsync(engine, "2001:db8:8::1");
        await clients[0].DisposeAsync();
        clients[0] = await GreetedAsync(engine, "2001:db8:7:a::1"); // the refusal has left nothing behind
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task New_sessions_of_an_address_may_come_at_once_or_evenly()
    {
        await using var engine = new Engine(static options => options.ConnectionsPerMinutePerAddress = 3);
        for (var i = 0; i < 3; i++)
            await (await GreetedAsync(engine, "192.0.2.1")).DisposeAsync();
        for (var i = 0; i < 50; i++)
            Assert.Equal(TooOften, await RefusalAsync(engine, "192.0.2.1")); // takes nothing of what comes

        engine.Time.Advance(TimeSpan.FromMilliseconds(19_900));
        Assert.Equal(TooOften, await RefusalAsync(engine, "192.0.2.1"));
        engine.Time.Advance(TimeSpan.FromMilliseconds(100));
        await (await GreetedAsync(engine, "192.0.2.1")).DisposeAsync();
        Assert.Equal(TooOften, await RefusalAsync(engine, "192.0.2.1"));
        await (await GreetedAsync(engine, "192.0.2.2")).DisposeAsync();
    }

    [Theory, InlineData("127.0.0.1"), InlineData("::1"), InlineData("10.1.2.3"), InlineData("172.16.0.1"), InlineData("172.31.255.255"), InlineData("192.168.1.1"),
        InlineData("100.64.0.1"), InlineData("169.254.1.1"), InlineData("fe80::1"), InlineData("fd00::1"), InlineData("::ffff:10.0.0.1"), InlineData("203.0.113.9"), InlineData(null)]
    public async Task What_stands_in_front_of_us_is_no_client(string? address)
    {
        await using var engine = new Engine(static options =>
        {
            (options.MaxConnectionsPerAddress, options.ConnectionsPerMinutePerAddress) = (1, 1);
            options.TrustedProxies.Add(IPNetwork.Parse("203.0.113.0/24"));
        });
        for (var session = 0; session < 2; session++)
        {
            var greeted = GreetedAsync(engine, address);
            await engine.AdvanceUntilAsync(greeted, TimeSpan.FromSeconds(5)); // a trusted proxy is given time for its header
            _ = await greeted;
        }
    }

    [Theory, InlineData("172.15.255.255"), InlineData("172.32.0.1"), InlineData("100.63.255.255"), InlineData("192.169.0.1"), InlineData("11.0.0.1"), InlineData("fec0::1")]
    public async Task What_is_only_near_such_a_network_is_one(string address)
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        await using var first = await GreetedAsync(engine, address);

        Assert.Equal(TooMany, await RefusalAsync(engine, address));
    }

    [Fact]
    public async Task Without_limits_nothing_is_counted()
    {
        await using var engine = new Engine(static options => (options.MaxConnectionsPerAddress, options.ConnectionsPerMinutePerAddress) = (0, 0));
        for (var i = 0; i < 1000; i++)
            await (await GreetedAsync(engine, "192.0.2.1")).DisposeAsync();
    }

    [Fact]
    public async Task A_rate_alone_limits_no_number_and_a_number_alone_no_rate()
    {
        await using var rate = new Engine(static options => (options.MaxConnectionsPerAddress, options.ConnectionsPerMinutePerAddress) = (0, 2));
        await using var first = await GreetedAsync(rate, "192.0.2.1");
        await using var second = await GreetedAsync(rate, "192.0.2.1");
        Assert.Equal(TooOften, await RefusalAsync(rate, "192.0.2.1"));

        await using var number = new Engine(static options => (options.MaxConnectionsPerAddress, options.ConnectionsPerMinutePerAddress) = (1, 0));
        for (var i = 0; i < 1000; i++)
            await (await GreetedAsync(number, "192.0.2.1")).DisposeAsync();
    }

    [Fact]
    public async Task IPv4_addresses_share_no_network()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        var clients = new List<Conversation>();
        for (var i = 0; i < 30; i++)
            clients.Add(await GreetedAsync(engine, $"192.0.2.{i}"));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_private_address_that_a_proxy_told_is_a_client()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        var first = Session(engine, "10.0.0.1", "192.168.0.1");
        var second = Session(engine, "10.0.0.1", "192.168.0.1");

        Assert.True(ConnectionAdmission.Admit(first));
        Assert.False(ConnectionAdmission.Admit(second));
        Assert.True(second.IsClosing);
    }

    [Fact]
    public async Task Another_address_of_a_session_gives_the_first_one_back()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        var session = Session(engine, "192.0.2.1");
        Assert.True(ConnectionAdmission.Admit(session));
        Assert.True(ConnectionAdmission.Admit(session)); // the same counts once
        Assert.Equal(TooMany, await RefusalAsync(engine, "192.0.2.1"));

        session.Context.RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 25);
        Assert.True(ConnectionAdmission.Admit(session));
        Assert.Equal(TooMany, await RefusalAsync(engine, "192.0.2.2"));
        await using var first = await GreetedAsync(engine, "192.0.2.1");
    }

    [Fact]
    public async Task A_refused_session_has_no_delivery_and_one_before_a_handshake_is_closed_without_a_word()
    {
        await using var engine = new Engine(static options => options.MaxConnectionsPerAddress = 1);
        await using var first = await GreetedAsync(engine, "192.0.2.1");
        engine.Delivery.OnSender = static _ => throw new InvalidOperationException();
        await using var second = Conversation.Start(engine.Server, EndPoint("192.0.2.1"), new SmtpListenerOptions { Tls = SmtpListenerTls.Implicit });

        Assert.Equal("", await second.ReadToEndAsync());
        await second.Completion;
        Assert.Equal(1, engine.Server.Sessions);
    }

    [Fact]
    public async Task A_client_is_forgotten_once_a_new_one_would_be_the_same()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var limiter = new ClientLimiter(time, 2, 600);
        Assert.Equal(TimeSpan.MaxValue, limiter.IdleDuration);
        var lease = limiter.AttemptAcquire();
        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(limiter.IdleDuration); // its connection is open

        using (limiter.AttemptAcquire())
            lease.Dispose();
        lease.Dispose(); // counts once
        Assert.Null(limiter.IdleDuration);
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Null(limiter.IdleDuration);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.MaxValue, limiter.IdleDuration);
    }

    private static IPEndPoint? EndPoint(string? address) => address is null ? null : new IPEndPoint(IPAddress.Parse(address), 40000);

    private static async Task<Conversation> GreetedAsync(Engine engine, string? address)
    {
        var client = Conversation.Start(engine.Server, EndPoint(address));
        Assert.StartsWith("220 ", await client.ReadReplyAsync());
        return client;
    }

    private static async Task<string> RefusalAsync(Engine engine, string address)
    {
        await using var client = Conversation.Start(engine.Server, EndPoint(address));
        var reply = await client.ReadReplyAsync();
        Assert.Equal("", await client.ReadReplyAsync());
        return reply;
    }

    private static SmtpSession Session(Engine engine, string address, string? proxy = null)
    {
        var pipe = new Pipe();
        var timer = new SessionTimer(engine.Time, Timeout.InfiniteTimeSpan);
        var context = new SmtpSessionContext { Id = "1", HostName = "mx.example.test", RemoteEndPoint = EndPoint(address), ProxyEndPoint = EndPoint(proxy) };
        return new SmtpSession(engine.Server, context, new SessionChannel(new DuplexPipe(pipe.Reader, pipe.Writer), timer, 1024), timer);
    }
}
