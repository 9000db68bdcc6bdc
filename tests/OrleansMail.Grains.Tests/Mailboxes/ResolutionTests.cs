using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

public sealed class ResolutionTests : IAsyncLifetime
{
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task What_is_exact_wins_over_sub_addresses_patterns_and_the_catch_all()
    {
        var grain = await cluster.DomainAsync("a", "a.test", new(CatchAll: "rest"), "bob", "bob+vip", "rest", "support-desk", "team");
        await grain.PutAliasAsync("info+x", ["team@a.test"], null, default);
        await grain.PutAliasAsync("support-*", ["team@a.test"], null, default);
        await grain.PutAliasAsync("support-urgent-*", ["bob@a.test"], null, default);

        Assert.Equal("bob@a.test", await grain.AnswerAsync("BOB"));
        Assert.Equal("bob+vip@a.test", await grain.AnswerAsync("bob+vip"));
        Assert.Equal("bob@a.test [vip+2]", await grain.AnswerAsync("bob+vip+2"));
        Assert.Equal("bob@a.test []", await grain.AnswerAsync("bob+"));
        Assert.Equal("team@a.test", await grain.AnswerAsync("info+x"));
        Assert.Equal("support-desk@a.test", await grain.AnswerAsync("Support-Desk"));
        Assert.Equal("team@a.test", await grain.AnswerAsync("support-42"));
        Assert.Equal("bob@a.test", await grain.AnswerAsync("support-urgent-42"));
        Assert.Equal("rest@a.test", await grain.AnswerAsync("nobody"));
        Assert.Equal("rest@a.test [news]", await grain.AnswerAsync("nobody+news"));
        Assert.Equal("rest@a.test", await grain.AnswerAsync("+bob"));
    }

    [Fact]
    public async Task Quoted_and_plain_decomposed_and_composed_forms_are_one_address()
    {
        var grain = await cluster.DomainAsync("a", "a.test", null, "bob", "jos\u00e9", "\"\\\"odd\\\"\"");
        Assert.Equal("bob@a.test", await grain.AnswerAsync("\"bob\""));
        Assert.Equal("jos\u00e9@a.test", await grain.AnswerAsync("JOSE\u0301"));
        Assert.Equal("\"odd\"@a.test", await grain.AnswerAsync("\"\\\"odd\\\"\""));
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("odd"));
        Assert.Equal(3, (await grain.ListMailboxesAsync(null, 10, default))!.Items.Count);
    }

    [Fact]
    public async Task A_domain_of_exact_case_tells_cases_apart_and_keeps_doing_so()
    {
        var grain = await cluster.DomainAsync("a", "a.test", new(ExactCase: true), "Bob", "bob");
        Assert.Equal("Bob@a.test", await grain.AnswerAsync("Bob"));
        Assert.Equal("bob@a.test", await grain.AnswerAsync("bob"));
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("BOB"));
        var change = await cluster.Tenant("a").PutDomainAsync(DomainName.Parse("a.test"), new(), null, default);
        Assert.Equal((ChangeStatus.Invalid, "exactCase"), (change.Status, change.Field));
    }

    [Fact]
    public async Task The_case_a_mailbox_was_given_in_is_shown()
    {
        var grain = await cluster.DomainAsync("a", "a.test", null, "Bob.Smith");
        Assert.Equal("Bob.Smith@a.test", await grain.AnswerAsync("bob.smith"));
    }

    [Fact]
    public async Task Another_separator_or_none_splits_there_or_nowhere()
    {
        var dash = await cluster.DomainAsync("a", "dash.test", new(Subaddressing: "-"), "bob");
        var none = await cluster.DomainAsync("a", "none.test", new(Subaddressing: null), "bob");
        Assert.Equal("bob@dash.test [x-y]", await dash.AnswerAsync("bob-x-y"));
        Assert.Equal("MailboxUnknown", await dash.AnswerAsync("bob+x"));
        Assert.Equal("MailboxUnknown", await none.AnswerAsync("bob+x"));
    }

    [Fact]
    public async Task The_demo_domain_rehearses_failures()
    {
        var grain = await cluster.DomainAsync("demo", "demo.test", new(CatchAll: "inbox", Rehearsals: true), "inbox");
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("550"));
        Assert.Equal("RehearsedDeferral", await grain.AnswerAsync("450"));
        Assert.Equal("RehearsedQuota", await grain.AnswerAsync("Quota"));
        var slow = await grain.ResolveAsync("slow");
        Assert.Equal((ResolutionOutcome.RehearsedDelay, "inbox"), (slow.Outcome, slow.Targets.Single().LocalPart));
        var plain = await cluster.DomainAsync("a", "a.test", new(CatchAll: "inbox"), "inbox");
        Assert.Equal("inbox@a.test", await plain.AnswerAsync("550"));
    }

    [Fact]
    public async Task What_is_suspended_is_deferred_and_what_is_unknown_is_refused()
    {
        var grain = await cluster.DomainAsync("a", "a.test", null, "bob", "eve");
        await grain.PutMailboxAsync(LocalPart.Parse("eve"), new(Suspended: true), null, default);
        Assert.Equal("Suspended", await grain.AnswerAsync("eve"));
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("nobody"));
        Assert.Equal("DomainUnknown", await cluster.Mailboxes("a", "other.test").AnswerAsync("bob"));

        await cluster.Tenant("a").PutDomainAsync(DomainName.Parse("a.test"), new(Suspended: true), null, default);
        Assert.Equal("Suspended", await grain.AnswerAsync("bob"));
        await cluster.Tenant("a").PutDomainAsync(DomainName.Parse("a.test"), new(), null, default);
        Assert.Equal("bob@a.test", await grain.AnswerAsync("bob"));
        await cluster.Tenant("a").PutAsync(new(null, true, new()), null, default);
        Assert.Equal("Suspended", await grain.AnswerAsync("bob"));
    }

    [Fact]
    public async Task A_limit_of_the_tenant_on_messages_comes_with_the_answer()
    {
        var grain = await cluster.DomainAsync("a", "a.test", null, "bob");
        Assert.Null((await grain.ResolveAsync("bob")).MaxMessageBytes);
        await cluster.Tenant("a").PutAsync(new(null, false, new(MaxMessageBytes: 1000)), null, default);
        Assert.Equal(1000, (await grain.ResolveAsync("bob")).MaxMessageBytes);
    }
}
