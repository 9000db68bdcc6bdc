using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

public sealed class ProvisioningTests : IAsyncLifetime
{
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_mailbox_is_changed_only_by_who_saw_its_version()
    {
        var grain = await cluster.DomainAsync("t", "a.test");
        var bob = LocalPart.Parse("bob");
        Assert.Equal(ChangeStatus.VersionMismatch, (await grain.PutMailboxAsync(bob, new(), "x", default)).Status);
        var created = await grain.PutMailboxAsync(bob, new(), null, default);
        Assert.Equal((ChangeStatus.Created, 0L), (created.Status, created.Value!.Value.Usage.Messages));
        var changed = await grain.PutMailboxAsync(bob, new(RetentionDays: 7), created.Value.Version, default);
        Assert.Equal((ChangeStatus.Updated, 7), (changed.Status, changed.Value!.Value.Mailbox.Settings.RetentionDays));
        Assert.Equal(created.Value.Value.Mailbox.Incarnation, changed.Value.Value.Mailbox.Incarnation);
        Assert.Equal(ChangeStatus.VersionMismatch, (await grain.PutMailboxAsync(bob, new(), created.Value.Version, default)).Status);
        Assert.Equal(ChangeStatus.VersionMismatch, await grain.DeleteMailboxAsync(bob, created.Value.Version, default));
        Assert.Equal(ChangeStatus.Deleted, await grain.DeleteMailboxAsync(bob, changed.Value.Version, default));
        Assert.Null(await grain.GetMailboxAsync(bob, default));
        Assert.Equal(ChangeStatus.Deleted, await grain.DeleteMailboxAsync(bob, null, default));
        Assert.NotEqual(created.Value.Version, (await grain.PutMailboxAsync(bob, new(), null, default)).Value!.Version);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(36501)]
    public async Task Retention_out_of_bounds_names_its_field(int days)
    {
        var grain = await cluster.DomainAsync("t", "a.test");
        var result = await grain.PutMailboxAsync(LocalPart.Parse("bob"), new(RetentionDays: days), null, default);
        Assert.Equal((ChangeStatus.Invalid, "retentionDays"), (result.Status, result.Field));
    }

    [Fact]
    public async Task A_mailbox_and_an_alias_can_not_have_one_name()
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        await grain.PutAliasAsync("team", ["bob@a.test"], null, default);
        Assert.Equal("mailbox", (await grain.PutMailboxAsync(LocalPart.Parse("TEAM"), new(), null, default)).Field);
        Assert.Equal("alias", (await grain.PutAliasAsync("Bob", ["bob@a.test"], null, default)).Field);
    }

    [Fact]
    public async Task Mailboxes_are_listed_in_pages_that_end()
    {
        var grain = await cluster.DomainAsync("t", "a.test");
        foreach (var i in Enumerable.Range(0, 600))
            await grain.PutMailboxAsync(LocalPart.Parse($"m{(i * 7919) % 600:000}"), new(), null, default);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = (await grain.ListMailboxesAsync(after, 200, default))!;
            Assert.Equal(200, page.Items.Count);
            seen.AddRange(page.Items.Select(i => i.Mailbox.LocalPart.Value));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"m{i:000}"), seen);
        Assert.Empty((await grain.ListMailboxesAsync("m599", 10, default))!.Items);
        Assert.Null(await cluster.Mailboxes("t", "none.test").ListMailboxesAsync(null, 10, default));
    }

    [Fact]
    public async Task A_failed_write_changes_nothing_and_the_next_try_works()
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        cluster.State.Fails = (operation, _) => operation == "write";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.PutMailboxAsync(LocalPart.Parse("ann"), new(), null, default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.DeleteMailboxAsync(LocalPart.Parse("bob"), null, default).AsTask());
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("ann"));
        Assert.Equal("bob@a.test", await grain.AnswerAsync("bob"));
        cluster.State.Fails = (_, _) => false;
        Assert.Equal(ChangeStatus.Created, (await grain.PutMailboxAsync(LocalPart.Parse("ann"), new(), null, default)).Status);
        Assert.Equal("ann@a.test", await grain.AnswerAsync("ann"));
    }

    [Fact]
    public async Task A_limit_on_mailboxes_holds_over_all_domains_of_the_tenant()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "m1");
        var b = await cluster.DomainAsync("t", "b.test", null, "m1");
        await cluster.Tenant("t").PutAsync(new(null, false, new(Mailboxes: 3)), null, default);
        Assert.Equal(ChangeStatus.Created, (await a.PutMailboxAsync(LocalPart.Parse("m2"), new(), null, default)).Status);
        var refused = await b.PutMailboxAsync(LocalPart.Parse("m2"), new(), null, default);
        Assert.Equal((ChangeStatus.Invalid, "mailbox"), (refused.Status, refused.Field));
        Assert.Equal(ChangeStatus.Updated, (await b.PutMailboxAsync(LocalPart.Parse("m1"), new(), null, default)).Status);
        await a.DeleteMailboxAsync(LocalPart.Parse("m2"), null, default);
        Assert.Equal(ChangeStatus.Created, (await b.PutMailboxAsync(LocalPart.Parse("m2"), new(), null, default)).Status);
    }

    [Fact]
    public async Task Nothing_is_provisioned_in_a_domain_that_does_not_exist()
    {
        var grain = cluster.Mailboxes("t", "a.test");
        Assert.Equal(ChangeStatus.ParentNotFound, (await grain.PutMailboxAsync(LocalPart.Parse("bob"), new(), null, default)).Status);
        Assert.Equal(ChangeStatus.ParentNotFound, (await grain.PutAliasAsync("bob", ["x@a.test"], null, default)).Status);
        Assert.Equal(ChangeStatus.ParentNotFound, (await cluster.Tenant("t").PutDomainAsync(DomainName.Parse("a.test"), new(), null, default)).Status);
        await cluster.DomainAsync("t", "a.test");
        Assert.Equal(ChangeStatus.Created, (await grain.PutMailboxAsync(LocalPart.Parse("bob"), new(), null, default)).Status);
    }
}
