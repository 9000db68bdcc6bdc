using System.Text;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Two tenants, one of whom has senders that do not come to an end, over sockets.</summary>
public sealed class TenantShareTests : IAsyncLifetime
{
    private const int Budget = 64 * 1024;
    private const int Smallest = 4096; // what a message takes first
    private const int Share = Budget / 2 / Smallest; // messages that one tenant alone may have begun
    private readonly BudgetClock time = new();
    private readonly List<SmtpTalk> slow = [];
    private readonly GatewayFixture gateway;
    private GatewayListener listener = null!;

    public TenantShareTests()
    {
        gateway = new GatewayFixture(time, static options => options.PayloadBudget = Budget);
        gateway.Grains.Owner = static domain => new(TenantId.Parse(domain.Value == "slow.test" ? "slow" : "other"));
    }

    public async ValueTask InitializeAsync() => listener = await GatewayListener.StartAsync(gateway, time);

    [Fact]
    public async Task Slow_senders_of_one_tenant_fill_its_share_and_the_other_tenants_mail_is_accepted_meanwhile()
    {
        await FillShareAsync();
        using var next = await listener.ConnectAsync();
        await next.BeginMessageAsync("carol@origin.test", "inbox@slow.test");
        await next.SendAsync("Subject: one more\r\n\r\n.\r\n"u8.ToArray());
        await time.Waiting;

        using var other = await listener.ConnectAsync();
        for (var i = 0; i < Share; i++)
            await other.DeliverAsync("dave@origin.test", "inbox@other.test", "Subject: meanwhile\r\n\r\n"u8.ToArray());

        Assert.All(gateway.Grains.Recorded, recorded => Assert.Equal("other.test", recorded.Domain.Value));
        time.Advance(TimeSpan.FromSeconds(10));
        await next.ExpectAsync("451 4.3.2 ");
    }

    [Fact]
    public async Task What_waits_for_the_share_goes_on_when_a_slow_sender_of_its_tenant_ends()
    {
        await FillShareAsync();
        using var next = await listener.ConnectAsync();
        await next.BeginMessageAsync("carol@origin.test", "inbox@slow.test");
        await next.SendAsync("Subject: one more\r\n\r\n.\r\n"u8.ToArray());
        await time.Waiting;

        await slow[0].SayAsync("BDAT 0 LAST", "250 2.0.0 ");

        await next.ExpectAsync("250 2.0.0 ");
    }

    [Fact]
    public async Task Everything_is_given_back_when_the_slow_senders_go()
    {
        await FillShareAsync();
        foreach (var talk in slow)
            await talk.SayAsync("RSET", "250");

        Assert.Equal((Budget, 0), (gateway.Get<PayloadBudget>().Available, gateway.Get<PayloadBudget>().Tenants));
    }

    public async ValueTask DisposeAsync()
    {
        slow.ForEach(static talk => talk.Dispose());
        await listener.DisposeAsync();
        await gateway.DisposeAsync();
    }

    // A chunk is answered when it is taken, so that each of them holds its octets when this returns.
    private async Task FillShareAsync()
    {
        var chunk = "Subject: slow\r\n\r\n";
        for (var i = 0; i < Share; i++)
        {
            var talk = await listener.ConnectAsync();
            slow.Add(talk);
            await talk.SayAsync("MAIL FROM:<carol@origin.test>", "250");
            await talk.SayAsync("RCPT TO:<inbox@slow.test>", "250");
            await talk.SendAsync(Encoding.ASCII.GetBytes($"BDAT {chunk.Length}\r\n{chunk}"));
            await talk.ExpectAsync("250");
        }
    }
}
