using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly DomainName Name = DomainName.Parse("a.test");
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(30, null, null, 30)]
    [InlineData(30, 60, null, 60)]
    [InlineData(30, 60, 90, 90)]
    [InlineData(null, null, 36500, 36500)]
    public async Task The_nearest_days_count(int? tenant, int? domain, int? mailbox, int? effective)
    {
        await SetAsync(new(tenant), new(RetentionDays: domain), new(RetentionDays: mailbox));
        Assert.Equal(effective, await EffectiveAsync());
    }

    [Theory, InlineData(true, false), InlineData(false, true)]
    public async Task Under_a_hold_nothing_expires_and_neither_domain_nor_tenant_is_deleted(bool tenant, bool domain)
    {
        await SetAsync(new(7, tenant), new(LegalHold: domain), new());
        Assert.Null(await EffectiveAsync());
        Assert.Equal(ChangeStatus.Held, await cluster.Tenant("t").DeleteDomainAsync(Name, null, default));
        Assert.Equal(ChangeStatus.Held, await cluster.Tenant("t").DeleteAsync(null, default));
        Assert.NotNull(await cluster.Tenant("t").GetDomainAsync(Name, default));

        await SetAsync(new(7, false), new(LegalHold: false), new());
        Assert.Equal(7, await EffectiveAsync());
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("t").DeleteAsync(null, default));
    }

    [Fact]
    public async Task A_hold_that_a_change_does_not_mention_stays()
    {
        await SetAsync(new(LegalHold: true), new(LegalHold: true), new());
        await SetAsync(null, new(), new());
        Assert.True((await cluster.Tenant("t").GetAsync(default))!.Value.Settings.Policy!.LegalHold);
        Assert.True((await cluster.Tenant("t").GetDomainAsync(Name, default))!.Value.Settings.LegalHold);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(36501)]
    public async Task Days_out_of_bounds_name_their_field(int days)
    {
        var tenant = await cluster.Tenant("t").PutAsync(new(null, false, new(), new(days)), null, default);
        Assert.Equal((ChangeStatus.Invalid, "policy.retentionDays"), (tenant.Status, tenant.Field));
        await cluster.Tenant("t").PutAsync(new(null, false, new()), null, default);
        var domain = await cluster.Tenant("t").PutDomainAsync(Name, new(RetentionDays: days), null, default);
        Assert.Equal((ChangeStatus.Invalid, "retentionDays"), (domain.Status, domain.Field));
    }

    private async Task SetAsync(TenantPolicy? tenant, DomainSettings domain, MailboxSettings mailbox)
    {
        await cluster.Tenant("t").PutAsync(new(null, false, new(), tenant), null, default);
        await cluster.Tenant("t").PutDomainAsync(Name, domain, null, default);
        await cluster.Mailboxes("t", "a.test").PutMailboxAsync(Bob, mailbox, null, default);
    }

    private async Task<int?> EffectiveAsync() => (await cluster.Mailboxes("t", "a.test").GetMailboxAsync(Bob, default))!.Value.EffectiveRetention;
}
