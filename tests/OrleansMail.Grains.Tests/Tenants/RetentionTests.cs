using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private static readonly DomainName Name = DomainName.Parse("a.test");
    private MailCluster cluster = null!;
    private IMailboxesGrain grain = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await MailCluster.StartAsync();
        grain = await cluster.DomainAsync("t", "a.test", null, "bob", "eve");
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task The_nearest_retention_counts()
    {
        Assert.Null(await EffectiveAsync());
        await PolicyAsync(new(30));
        Assert.Equal(30, await EffectiveAsync());
        await DomainAsync(new(RetentionDays: 20));
        Assert.Equal(20, await EffectiveAsync());
        await grain.PutMailboxAsync(Bob, new(RetentionDays: 10), null, default);
        Assert.Equal(10, await EffectiveAsync());
        await grain.MaintainAsync(default);
        var policy = Assert.Single(cluster.Partitions.Maintained).Policy;
        Assert.Equal((20, false, 1), (policy.Days, policy.Hold, policy.Mailboxes.Count));
        Assert.Equal(10, policy.DaysOf((await grain.GetMailboxAsync(Bob, default))!.Value.Mailbox.Incarnation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(36501)]
    public async Task Days_out_of_range_are_refused_everywhere(int days)
    {
        var tenant = await cluster.Tenant("t").PutAsync(new(null, false, new(), new(days)), null, default);
        Assert.Equal((ChangeStatus.Invalid, "policy.retentionDays"), (tenant.Status, tenant.Field));
        var domain = await cluster.Tenant("t").PutDomainAsync(Name, new(RetentionDays: days), null, default);
        Assert.Equal((ChangeStatus.Invalid, "retentionDays"), (domain.Status, domain.Field));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_held_neither_expires_nor_is_deleted_until_the_hold_is_ended(bool byTenant)
    {
        await HoldAsync(byTenant, true);
        await HoldAsync(byTenant, null);
        await grain.PutMailboxAsync(Bob, new(RetentionDays: 10), null, default);
        Assert.Null(await EffectiveAsync());
        Assert.Equal(ChangeStatus.Held, await cluster.Tenant("t").DeleteAsync(null, default));
        Assert.Equal(ChangeStatus.Held, await cluster.Tenant("t").DeleteDomainAsync(Name, null, default));
        await grain.MaintainAsync(default);
        Assert.True(Assert.Single(cluster.Partitions.Maintained).Policy.Hold);
        await HoldAsync(byTenant, false);
        Assert.Equal(10, await EffectiveAsync());
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("t").DeleteDomainAsync(Name, null, default));
    }

    [Fact]
    public async Task A_mailbox_whose_deletion_broke_off_is_hidden_and_forgotten_by_the_next_try()
    {
        var old = (await grain.GetMailboxAsync(Bob, default))!.Value.Mailbox.Incarnation;
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await grain.DeleteMailboxAsync(Bob, null, default));
        cluster.Partitions.Failure = null;
        Assert.Null(await grain.GetMailboxAsync(Bob, default));
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("bob"));
        Assert.Single((await grain.ListMailboxesAsync(null, 10, default))!.Items);
        await grain.ResumeDeletionsAsync(default);
        Assert.Equal(old, Assert.Single(cluster.Partitions.Forgotten).Mailbox);
        await grain.PutMailboxAsync(Bob, new(), null, default);
        Assert.NotEqual(old, (await grain.GetMailboxAsync(Bob, default))!.Value.Mailbox.Incarnation);
    }

    [Fact]
    public async Task A_domain_whose_deletion_broke_off_is_forgotten_by_the_next_try()
    {
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cluster.Tenant("t").DeleteDomainAsync(Name, null, default));
        cluster.Partitions.Failure = null;
        Assert.Empty(cluster.Partitions.Forgotten);
        await cluster.Tenant("t").ResumeDeletionsAsync(default);
        Assert.Null(Assert.Single(cluster.Partitions.Forgotten).Mailbox);
    }

    [Fact]
    public async Task A_deleted_message_is_gone_and_deleting_it_again_is_no_error()
    {
        var receipt = await grain.RecordAsync(MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]), default);
        Assert.True(await grain.DeleteMessageAsync(receipt.Id, default));
        Assert.Null(await grain.FindMessageAsync(receipt.Id, default));
        Assert.False(await grain.DeleteMessageAsync(receipt.Id, default));
    }

    private async Task<int?> EffectiveAsync() => (await grain.GetMailboxAsync(Bob, default))!.Value.EffectiveRetention;

    private async Task PolicyAsync(TenantPolicy policy) =>
        Assert.Equal(ChangeStatus.Updated, (await cluster.Tenant("t").PutAsync(new(null, false, new(), policy), null, default)).Status);

    private async Task DomainAsync(DomainSettings settings) =>
        Assert.Equal(ChangeStatus.Updated, (await cluster.Tenant("t").PutDomainAsync(Name, settings, null, default)).Status);

    private Task HoldAsync(bool byTenant, bool? hold) => byTenant ? PolicyAsync(new(LegalHold: hold)) : DomainAsync(new(LegalHold: hold));
}
