using System.Net;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Mail for postmaster always finds somebody (RFC 5321 §4.5.1).</summary>
public sealed class PostmasterTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Operator = "operator";
    private const string OperatorMailbox = "postmaster@operator.invalid";

    private MailApi Api => server.Api;

    [Fact]
    public async Task What_no_domain_takes_is_in_the_operators_mailbox_with_the_recipient_as_written()
    {
        await Api.ProvisionAsync("without", "without.test", "inbox");
        var before = (await Api.ListAsync(Operator, OperatorMailbox)).Count;
        using var talk = await server.ConnectAsync();

        await talk.DeliverAsync(Message.Sender, "Postmaster", Message.Create("bare"));
        await talk.DeliverAsync(Message.Sender, "POSTMASTER@Without.Test", Message.Create("of a domain"));

        var items = (await Api.ListAsync(Operator, OperatorMailbox)).Skip(before).ToList();
        Assert.Equal(["Postmaster", "POSTMASTER@Without.Test"], items.Select(item => item.Envelope.To[0].Received));
        Assert.All(items, item => Assert.Equal(OperatorMailbox, item.Envelope.To[0].Address));
        Assert.Contains("Subject: bare", System.Text.Encoding.ASCII.GetString(await Api.RawAsync(Operator, items[0].Id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domains_own_mailbox_alias_or_catch_all_takes_its_postmaster()
    {
        await Api.ProvisionAsync("own", "own.test", "postmaster");
        await Api.PutDomainAsync("own", "aliased.test");
        await Api.PutAliasAsync("own", "aliased.test", "postmaster", "postmaster@own.test");
        await Api.PutDomainAsync("own", "catching.test", new { catchAll = "all" });
        await Api.PutMailboxAsync("own", "catching.test", "all");
        using var talk = await server.ConnectAsync();

        foreach (var domain in new[] { "own.test", "aliased.test", "catching.test" })
            await talk.DeliverAsync(Message.Sender, $"postmaster@{domain}", Message.Create(domain));

        Assert.Equal(["own.test", "aliased.test"], (await Api.ListAsync("own", "postmaster@own.test")).Select(item => item.Headers.Subject));
        Assert.Equal("catching.test", Assert.Single(await Api.ListAsync("own", "all@catching.test")).Headers.Subject);
    }

    [Fact]
    public async Task A_suspended_domains_postmaster_is_the_operators_and_a_tenants_recipient_needs_another_transaction()
    {
        await Api.ProvisionAsync("away", "away.test", "postmaster");
        await Api.PutDomainAsync("away", "away.test", new { status = "suspended" });
        await Api.ProvisionAsync("here", "here.test", "inbox");
        using var talk = await server.ConnectAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");

        await talk.SayAsync("RCPT TO:<postmaster@away.test>", "250");
        await talk.SayAsync("RCPT TO:<postmaster>", "250");
        await talk.SayAsync("RCPT TO:<inbox@here.test>", "452 4.5.3 ");
    }

    [Fact]
    public async Task Nobody_can_delete_the_operators_mailbox_for_long_or_take_its_name()
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Api.Http.DeleteAsync("/v1/tenants/operator")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Api.Http.DeleteAsync("/v1/tenants/operator/domains/operator.invalid")).StatusCode);
        await Api.PutTenantAsync("thief");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Api.Http.PutAsync("/v1/tenants/thief/domains/operator.invalid", JsonBody())).StatusCode);

        await Api.DeleteAsync("/v1/tenants/operator/domains/operator.invalid/mailboxes/postmaster");
        using var talk = await server.ConnectAsync();
        await talk.DeliverAsync(Message.Sender, "postmaster", Message.Create("after a deletion"));

        Assert.Contains("after a deletion", (await Api.ListAsync(Operator, OperatorMailbox)).Select(item => item.Headers.Subject));
    }

    [Fact]
    public async Task A_configured_address_takes_over_once_it_exists()
    {
        await using var configured = await ServerProcess.StartAsync(new ServerSettings { Arguments = ["--OrleansMail:Smtp:Postmaster=boss@later.test"] });
        using var talk = await SmtpTalk.ConnectAsync(configured.Smtp);
        await talk.DeliverAsync(Message.Sender, "postmaster", Message.Create("before"));
        Assert.Equal("before", Assert.Single(await configured.Api.ListAsync(Operator, OperatorMailbox)).Headers.Subject);

        await configured.Api.ProvisionAsync("later", "later.test", "boss");
        await talk.DeliverAsync(Message.Sender, "postmaster", Message.Create("after"));
        Assert.Equal("after", Assert.Single(await configured.Api.ListAsync("later", "boss@later.test")).Headers.Subject);
    }

    private static StringContent JsonBody() => new("{}", System.Text.Encoding.UTF8, "application/json");
}
