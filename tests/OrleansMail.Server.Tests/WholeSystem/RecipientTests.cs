using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Which recipients are accepted, and where their mail is found afterwards.</summary>
public sealed class RecipientTests(RunningServer server) : IClassFixture<RunningServer>
{
    private MailApi Api => server.Api;

    [Fact]
    public async Task An_unknown_mailbox_and_an_unknown_domain_are_refused_with_their_own_reasons()
    {
        await Api.ProvisionAsync("unknown", "unknown.test", "known");
        using var talk = await server.ConnectAsync();

        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<nobody@unknown.test>", "550 5.1.1 ");
        await talk.SayAsync("RCPT TO:<known@nowhere.test>", "550 5.7.1 ");
        await talk.SayAsync("RCPT TO:<KNOWN@Unknown.TEST>", "250 2.1.5 ");
    }

    [Fact]
    public async Task A_suspended_tenant_is_deferred_and_takes_mail_again_when_it_is_not()
    {
        await Api.ProvisionAsync("suspended", "suspended.test", "inbox");
        await Api.PutTenantAsync("suspended", new { status = "suspended" });
        using var talk = await server.ConnectAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<inbox@suspended.test>", "450 4.7.0 ");

        await Api.PutTenantAsync("suspended", new { status = "active" });
        await talk.SayAsync("RCPT TO:<inbox@suspended.test>", "250 2.1.5 ");
    }

    [Fact]
    public async Task A_suspended_domain_is_deferred()
    {
        await Api.ProvisionAsync("half", "half.test", "inbox");
        await Api.PutDomainAsync("half", "half.test", new { status = "suspended" });
        using var talk = await server.ConnectAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<inbox@half.test>", "450 4.7.0 ");
    }

    [Fact]
    public async Task Another_tenant_in_the_same_transaction_is_asked_to_come_in_one_of_its_own()
    {
        await Api.ProvisionAsync("first", "first.test", "inbox");
        await Api.ProvisionAsync("second", "second.test", "inbox");
        using var talk = await server.ConnectAsync();

        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<inbox@first.test>", "250");
        await talk.SayAsync("RCPT TO:<inbox@second.test>", "452 4.5.3 ");
        await talk.SayAsync("DATA", "354");
        await talk.SendAsync(DotStuffing.Encode(Message.Create("for the first only")));
        await talk.ExpectAsync("250");
        await talk.DeliverAsync(Message.Sender, "inbox@second.test", Message.Create("for the second only"));

        Assert.Equal("for the first only", Assert.Single(await Api.ListAsync("first", "inbox@first.test")).Headers.Subject);
        Assert.Equal("for the second only", Assert.Single(await Api.ListAsync("second", "inbox@second.test")).Headers.Subject);
    }

    [Fact]
    public async Task Mailboxes_of_two_domains_each_show_their_own_recipients_only()
    {
        await Api.ProvisionAsync("pair", "one.pair.test", "a", "b");
        await Api.PutDomainAsync("pair", "two.pair.test");
        await Api.PutMailboxAsync("pair", "two.pair.test", "c");
        using var talk = await server.ConnectAsync();

        await talk.BeginMessageAsync(Message.Sender, "a@one.pair.test", "B@one.pair.test", "c@two.pair.test");
        await talk.SendAsync(DotStuffing.Encode(Message.Create("to three")));
        await talk.ExpectAsync("250 2.0.0 Ok: queued as ");

        await ShowsOnlyAsync("a@one.pair.test", "a@one.pair.test");
        await ShowsOnlyAsync("b@one.pair.test", "B@one.pair.test");
        await ShowsOnlyAsync("c@two.pair.test", "c@two.pair.test");

        async Task ShowsOnlyAsync(string mailbox, string received)
        {
            var item = Assert.Single(await Api.ListAsync("pair", mailbox));
            Assert.Equal(received, Assert.Single(item.Envelope.To).Received);
            var trace = RawMessage.Parse(await Api.RawAsync("pair", item.Id)).Trace[2].Value;
            Assert.DoesNotContain(" for <", trace, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mailbox_reached_twice_stores_once_and_shows_both_recipients()
    {
        await Api.ProvisionAsync("twice", "twice.test", "inbox");
        await Api.PutAliasAsync("twice", "twice.test", "sales", "inbox@twice.test");
        using var talk = await server.ConnectAsync();

        await talk.BeginMessageAsync(Message.Sender, "inbox@twice.test", "sales@twice.test");
        await talk.SendAsync(DotStuffing.Encode(Message.Create("once")));
        await talk.ExpectAsync("250");

        var item = Assert.Single(await Api.ListAsync("twice", "inbox@twice.test"));
        Assert.Equal(["inbox@twice.test", "sales@twice.test"], item.Envelope.To.Select(to => to.Received));
    }

    [Fact]
    public async Task Catch_all_sub_address_and_prefix_alias_lead_to_their_mailbox()
    {
        await Api.ProvisionAsync("routes", "routes.test", "inbox", "support");
        await Api.PutAliasAsync("routes", "routes.test", "support-*", "support@routes.test");
        await Api.PutDomainAsync("routes", "routes.test", new { catchAll = "inbox" });
        using var talk = await server.ConnectAsync();

        await talk.DeliverAsync(Message.Sender, "anyone@routes.test", Message.Create("catch-all"));
        await talk.DeliverAsync(Message.Sender, "inbox+News+x@routes.test", Message.Create("sub-address"));
        await talk.DeliverAsync(Message.Sender, "support-4711@routes.test", Message.Create("prefix alias"));

        var inbox = await Api.ListAsync("routes", "inbox@routes.test");
        Assert.Equal(["catch-all", "sub-address"], inbox.Select(item => item.Headers.Subject));
        Assert.Equal("News+x", inbox[1].Envelope.To[0].Tag);
        Assert.Null(inbox[0].Envelope.To[0].Tag);
        var support = Assert.Single(await Api.ListAsync("routes", "support@routes.test"));
        Assert.Equal("support-4711@routes.test", support.Envelope.To[0].Received);
    }

    [Fact]
    public async Task A_mailbox_made_while_a_session_is_open_takes_mail_at_once()
    {
        await Api.ProvisionAsync("fresh", "fresh.test");
        using var talk = await server.ConnectAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<late@fresh.test>", "550 5.1.1 ");

        await Api.PutMailboxAsync("fresh", "fresh.test", "late");
        await talk.SayAsync("RCPT TO:<late@fresh.test>", "250");
    }
}
