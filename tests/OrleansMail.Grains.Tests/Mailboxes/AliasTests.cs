using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

public sealed class AliasTests : IAsyncLifetime
{
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task An_alias_leads_over_the_domains_of_its_tenant_to_each_mailbox_once()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "bob", "ann");
        var b = await cluster.DomainAsync("t", "b.test", null, "joe");
        await b.PutAliasAsync("all", ["joe@b.test", "bob@a.test"], null, default);
        await a.PutAliasAsync("team", ["all@b.test", "BOB@a.test", "bob+x@a.test", "ann@a.test"], null, default);
        Assert.Equal("ann@a.test bob@a.test joe@b.test [q]", await a.AnswerAsync("team+q"));
    }

    [Fact]
    public async Task A_circle_is_refused_when_it_is_made_and_harmless_when_it_is_there()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "bob");
        var b = await cluster.DomainAsync("t", "b.test");
        Assert.Equal(ChangeStatus.Created, (await b.PutAliasAsync("back", ["there@a.test"], null, default)).Status);
        var circle = await a.PutAliasAsync("there", ["bob@a.test", "back@b.test"], null, default);
        Assert.Equal((ChangeStatus.Invalid, "targets", "One of them leads back to 'there'."), (circle.Status, circle.Field, circle.Problem));
        Assert.Equal(ChangeStatus.Invalid, (await a.PutAliasAsync("self", ["self+x@a.test"], null, default)).Status);
        Assert.Equal(ChangeStatus.Invalid, (await a.PutAliasAsync("p-*", ["p-1@a.test"], null, default)).Status);

        // A setting can close a circle too: the catch-all, made an alias that points at an unknown address.
        await a.PutAliasAsync("rest", ["unknown@a.test", "bob@a.test"], null, default);
        await cluster.Tenant("t").PutDomainAsync(DomainName.Parse("a.test"), new(CatchAll: "rest"), null, default);
        Assert.Equal("bob@a.test", await a.AnswerAsync("whoever"));
        await a.PutAliasAsync("rest2", ["unknown@a.test"], null, default);
        await cluster.Tenant("t").PutDomainAsync(DomainName.Parse("a.test"), new(CatchAll: "rest2"), null, default);
        Assert.Equal("AliasLoop", await a.AnswerAsync("whoever"));
    }

    [Fact]
    public async Task Aliases_of_aliases_are_bounded_in_a_row_and_in_mailboxes()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "end");
        await a.PutAliasAsync("l1", ["end@a.test"], null, default);
        for (var i = 2; i <= 8; i++)
            Assert.Equal(ChangeStatus.Created, (await a.PutAliasAsync($"l{i}", [$"l{i - 1}@a.test"], null, default)).Status);
        Assert.Equal("end@a.test", await a.AnswerAsync("l8"));
        Assert.Equal(ChangeStatus.Invalid, (await a.PutAliasAsync("l9", ["l8@a.test"], null, default)).Status);
    }

    [Fact]
    public async Task A_thousand_mailboxes_are_reached_and_one_more_is_refused()
    {
        var a = await cluster.DomainAsync("t", "a.test");
        string[] targets = [.. Enumerable.Range(0, 1001).Select(i => $"m{i}@a.test")];
        await Task.WhenAll(Enumerable.Range(0, 1001).Select(i => a.PutMailboxAsync(LocalPart.Parse($"m{i}"), new(), null, default).AsTask()));
        Assert.Equal(ChangeStatus.Created, (await a.PutAliasAsync("all", targets[..1000], null, default)).Status);
        Assert.Equal(1000, (await a.ResolveAsync("all")).Targets.Count);
        Assert.Equal(ChangeStatus.Invalid, (await a.PutAliasAsync("more", targets, null, default)).Status);
        Assert.Equal(ChangeStatus.Invalid, (await a.PutAliasAsync("more", ["all@a.test", "m1000@a.test"], null, default)).Status);
        await a.PutAliasAsync("all", targets[..999], null, default);
        await a.PutAliasAsync("more", ["all@a.test", "m1000@a.test"], null, default);
        await a.PutAliasAsync("all", targets[..1000], null, default);
        Assert.Equal(ResolutionOutcome.TooManyMailboxes, (await a.ResolveAsync("more")).Outcome);
    }

    [Fact]
    public async Task An_alias_never_leads_to_another_tenant()
    {
        var mine = await cluster.DomainAsync("t", "a.test", null, "bob");
        await cluster.DomainAsync("t", "gone.test", null, "x");
        await mine.PutAliasAsync("spy", ["bob@a.test", "x@gone.test"], null, default);
        var foreign = await mine.PutAliasAsync("s2", ["joe@other.test"], null, default);
        Assert.Equal("'other.test' is not a domain of this tenant.", foreign.Problem);

        await cluster.Tenant("t").DeleteDomainAsync(DomainName.Parse("gone.test"), null, default);
        await cluster.DomainAsync("rival", "gone.test", null, "x");
        Assert.Equal("bob@a.test", await mine.AnswerAsync("spy"));

        // A claim on the rival's name makes it a domain of this tenant, and owns nothing.
        await cluster.Tenant("t").PutDomainAsync(DomainName.Parse("gone.test"), new(), null, default);
        await cluster.Mailboxes("t", "gone.test").PutMailboxAsync(LocalPart.Parse("x"), new(), null, default);
        Assert.Equal("bob@a.test", await mine.AnswerAsync("spy"));
    }

    [Fact]
    public async Task A_target_that_is_deferred_defers_the_alias_and_one_that_is_gone_does_not()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "bob", "eve");
        await a.PutAliasAsync("both", ["bob@a.test", "eve@a.test"], null, default);
        await a.PutMailboxAsync(LocalPart.Parse("eve"), new(Suspended: true), null, default);
        Assert.Equal("Suspended", await a.AnswerAsync("both"));
        await a.DeleteMailboxAsync(LocalPart.Parse("eve"), null, default);
        Assert.Equal("bob@a.test", await a.AnswerAsync("both"));
        await a.DeleteMailboxAsync(LocalPart.Parse("bob"), null, default);
        Assert.Equal("MailboxUnknown", await a.AnswerAsync("both"));
    }

    [Theory]
    [InlineData("x", "targets")]
    [InlineData("x", "targets", "not an address")]
    [InlineData("x", "targets", "bob@a..test")]
    [InlineData("*", "alias", "bob@a.test")]
    [InlineData("", "alias", "bob@a.test")]
    [InlineData("bob", "alias", "bob@a.test")]
    public async Task A_request_that_can_not_be_taken_names_its_field(string alias, string field, params string[] targets)
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "bob");
        var result = await a.PutAliasAsync(alias, targets, null, default);
        Assert.Equal((ChangeStatus.Invalid, field), (result.Status, result.Field));
        Assert.NotNull(result.Problem);
    }

    [Fact]
    public async Task An_alias_is_listed_changed_by_version_and_deleted()
    {
        var a = await cluster.DomainAsync("t", "a.test", null, "bob", "ann");
        var created = (await a.PutAliasAsync("Info-*", ["bob@a.test"], null, default)).Value!;
        Assert.Equal("Info-*", (await a.GetAliasAsync("\"info-*\"", default))!.Value.Alias);
        Assert.Equal(ChangeStatus.VersionMismatch, (await a.PutAliasAsync("new", ["bob@a.test"], created.Version, default)).Status);
        var changed = (await a.PutAliasAsync("info-*", ["ann@a.test"], created.Version, default)).Value!;
        Assert.NotEqual(created.Version, changed.Version);
        Assert.Equal(ChangeStatus.VersionMismatch, (await a.PutAliasAsync("info-*", ["bob@a.test"], created.Version, default)).Status);
        Assert.Equal(ChangeStatus.VersionMismatch, await a.DeleteAliasAsync("info-*", created.Version, default));
        Assert.Equal("ann@a.test", await a.AnswerAsync("INFO-1"));
        Assert.Single((await a.ListAliasesAsync(null, 10, default))!.Items);
        Assert.Equal(ChangeStatus.Deleted, await a.DeleteAliasAsync("info-*", changed.Version, default));
        Assert.Equal("MailboxUnknown", await a.AnswerAsync("info-1"));
        Assert.Equal(ChangeStatus.Deleted, await a.DeleteAliasAsync("info-*", null, default));
    }
}
