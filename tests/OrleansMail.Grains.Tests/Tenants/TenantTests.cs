using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class TenantTests : IAsyncLifetime
{
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Settings_are_changed_only_by_who_saw_their_version()
    {
        var tenant = cluster.Tenant("t");
        Assert.Equal(ChangeStatus.VersionMismatch, (await tenant.PutAsync(new(null, false, new()), "x", default)).Status);
        var created = await tenant.PutAsync(new("T", false, new()), null, default);
        Assert.Equal(ChangeStatus.Created, created.Status);
        var changed = await tenant.PutAsync(new("U", false, new()), created.Value!.Version, default);
        Assert.Equal((ChangeStatus.Updated, "U"), (changed.Status, changed.Value!.Value.Settings.DisplayName));
        Assert.Equal(ChangeStatus.VersionMismatch, (await tenant.PutAsync(new("V", false, new()), created.Value.Version, default)).Status);
        Assert.Equal(ChangeStatus.VersionMismatch, await tenant.DeleteAsync(created.Value.Version, default));
        Assert.Equal("U", (await tenant.GetAsync(default))!.Value.Settings.DisplayName);
    }

    [Fact]
    public async Task A_tenant_that_has_all_the_domains_it_may_have_is_told_so_and_can_change_those_it_has()
    {
        var tenant = cluster.Tenant("full");
        await cluster.State.WriteStateAsync(GrainStorageNames.Tenant, tenant.GetGrainId(), new GrainState<TenantState>(new()
        {
            Settings = new(null, false, new()),
            Domains = [.. Enumerable.Range(0, TenantRules.MaxDomains).Select(i => new DomainEntry { Name = $"d{i:0000}.test", Number = i + 1, Version = 1 })],
        }));

        var refused = await tenant.PutDomainAsync(DomainName.Parse("one-more.test"), new(), null, default);
        Assert.Equal((ChangeStatus.Invalid, "domain"), (refused.Status, refused.Field));
        Assert.Contains("1000", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(ChangeStatus.Updated, (await tenant.PutDomainAsync(DomainName.Parse("d0500.test"), new(CatchAll: "bob"), null, default)).Status);
        Assert.Equal(ChangeStatus.Deleted, await tenant.DeleteDomainAsync(DomainName.Parse("d0000.test"), null, default));
        Assert.Equal(ChangeStatus.Created, (await tenant.PutDomainAsync(DomainName.Parse("one-more.test"), new(), null, default)).Status);
        Assert.True(cluster.State.LargestWrite < 400_000, $"{cluster.State.LargestWrite} characters");
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_seen_and_does_not_stop_the_next()
    {
        var tenant = cluster.Tenant("t");
        await tenant.PutAsync(new("T", false, new()), null, default);
        cluster.State.Fails = (operation, _) => operation == "answer";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => tenant.PutAsync(new("U", false, new()), null, default).AsTask());
        cluster.State.Fails = (_, _) => false;

        Assert.Equal("U", (await tenant.GetAsync(default))!.Value.Settings.DisplayName);
        Assert.Equal(ChangeStatus.Updated, (await tenant.PutAsync(new("V", false, new()), null, default)).Status);
    }

    [Fact]
    public async Task A_negative_limit_names_its_field()
    {
        var result = await cluster.Tenant("t").PutAsync(new(null, false, new(StorageBytes: -1)), null, default);
        Assert.Equal((ChangeStatus.Invalid, "limits.storageBytes"), (result.Status, result.Field));
        Assert.Null(await cluster.Tenant("t").GetAsync(default));
    }

    [Fact]
    public async Task Domains_are_paged_and_found_by_number()
    {
        await cluster.DomainAsync("t", "b.test");
        await cluster.DomainAsync("t", "a.test");
        await cluster.DomainAsync("t", "c.test");
        var first = await cluster.Tenant("t").ListDomainsAsync(null, 2, default);
        Assert.Equal(["a.test", "b.test"], first.Items.Select(d => d.Name.Value));
        var second = await cluster.Tenant("t").ListDomainsAsync(first.Next, 2, default);
        Assert.Equal(["c.test"], second.Items.Select(d => d.Name.Value));
        Assert.Null(second.Next);
        Assert.Equal("a.test", (await cluster.Tenant("t").FindDomainAsync(2, default))!.Value.Value);
        await cluster.Tenant("t").DeleteDomainAsync(DomainName.Parse("c.test"), null, default);
        await cluster.DomainAsync("t", "d.test");
        Assert.Null(await cluster.Tenant("t").FindDomainAsync(3, default));
        Assert.Equal("d.test", (await cluster.Tenant("t").FindDomainAsync(4, default))!.Value.Value);
    }

    [Theory]
    [InlineData("write", "tenant")]
    [InlineData("clear", "mailboxes")]
    [InlineData("clear", "mailboxes-pages")]
    [InlineData("clear", "domain")]
    [InlineData("clear", "tenant")]
    public async Task A_deletion_that_breaks_off_is_hidden_at_once_and_finished_by_the_next_try(string operation, string stateName)
    {
        var grain = await cluster.DomainAsync("t", "a.test");
        for (var i = 0; i < 200; i++)
            await grain.PutMailboxAsync(Contracts.Mailboxes.LocalPart.Parse($"m{i}"), new(), null, default);
        await grain.PutAliasAsync("all", ["m1@a.test"], null, default);
        await cluster.DomainAsync("t", "b.test", null, "x");
        cluster.State.Fails = (o, s) => o == operation && s == stateName;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("t").DeleteAsync(null, default).AsTask());
        var begun = operation == "clear";
        Assert.Equal(begun, await cluster.Tenant("t").GetAsync(default) is null);
        Assert.Equal(begun ? "DomainUnknown" : "m1@a.test", await grain.AnswerAsync("m1"));

        cluster.State.Fails = (_, _) => false;
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("t").DeleteAsync(null, default));
        Assert.All(cluster.State.Paths, path => Assert.StartsWith($"state/{GrainStorageNames.Removals}", path, StringComparison.Ordinal));
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("t").DeleteAsync(null, default));
        Assert.Equal("MailboxUnknown", await (await cluster.DomainAsync("t", "a.test")).AnswerAsync("m1"));
    }

    [Fact]
    public async Task A_put_finishes_a_deletion_that_broke_off_and_begins_anew()
    {
        await cluster.DomainAsync("t", "a.test", null, "bob");
        var before = (await cluster.Tenant("t").GetAsync(default))!.Value.Incarnation;
        cluster.State.Fails = (o, s) => o == "clear" && s == "domain";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("t").DeleteAsync(null, default).AsTask());
        cluster.State.Fails = (_, _) => false;
        var created = await cluster.Tenant("t").PutAsync(new(null, false, new()), null, default);
        Assert.Equal(ChangeStatus.Created, created.Status);
        Assert.NotEqual(before, created.Value!.Value.Incarnation);
        Assert.Empty((await cluster.Tenant("t").ListDomainsAsync(null, 10, default)).Items);
        Assert.Null(await cluster.Grains.GetDomain(DomainName.Parse("a.test")).GetOwnerAsync(default));
    }

    [Fact]
    public async Task The_index_lists_the_tenants_that_exist()
    {
        foreach (var name in new[] { "b", "a-1", "a", "c" })
            await cluster.Tenant(name).PutAsync(new(null, false, new()), null, default);
        await cluster.Tenant("c").DeleteAsync(null, default);
        var index = cluster.Silo.GetRequiredService<ITenantIndex>();
        var first = await index.ListAsync(null, 2, default);
        Assert.Equal(["a", "a-1"], first.Items.Select(t => t.Value));
        var second = await index.ListAsync(first.Next, 2, default);
        Assert.Equal(["b"], second.Items.Select(t => t.Value));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task A_store_that_is_away_fails_calls_and_works_again_when_it_is_back()
    {
        cluster.State.Fails = (_, _) => true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("t").GetAsync(default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Mailboxes("t", "a.test").AnswerAsync("bob"));
        cluster.State.Fails = (_, _) => false;
        var mailboxes = await cluster.DomainAsync("t", "a.test", null, "bob");
        var bob = (await mailboxes.ResolveAsync("bob")).Targets[0];
        cluster.Store.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => mailboxes.RecordAsync(MailCluster.Submission(bob), default).AsTask());
        cluster.Store.Away = false;
        Assert.Equal(RecordOutcome.Recorded, (await mailboxes.RecordAsync(MailCluster.Submission(bob), default)).Outcome);
    }
}
