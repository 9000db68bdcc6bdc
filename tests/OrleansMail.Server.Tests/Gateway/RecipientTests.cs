using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Tests.Gateway;

public sealed class RecipientTests
{
    [Theory]
    [InlineData(ResolutionOutcome.MailboxUnknown, "550 5.1.1")]
    [InlineData(ResolutionOutcome.DomainUnknown, "550 5.7.1")]
    [InlineData(ResolutionOutcome.Suspended, "450 4.7.0")]
    [InlineData(ResolutionOutcome.TooManyMailboxes, "452 4.5.3")]
    [InlineData(ResolutionOutcome.AliasLoop, "550 5.4.6")]
    [InlineData(ResolutionOutcome.RehearsedDeferral, "450 4.2.1")]
    [InlineData(ResolutionOutcome.RehearsedQuota, "452 4.2.2")]
    public async Task Each_outcome_has_its_reply_and_echoes_no_address(ResolutionOutcome outcome, string expected)
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (_, _) => new(Resolution.Refused(outcome));
        await gateway.MailAsync();

        var reply = await gateway.RcptAsync("someone@a.test");

        Assert.Equal(expected, Codes(reply));
        Assert.DoesNotContain("someone", reply!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a.test", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("someone@[127.0.0.1]", "550 5.7.1")]
    [InlineData("someone@unowned.example", "550 5.7.1")]
    public async Task What_belongs_to_nobody_is_refused_without_asking_for_mailboxes(string address, string expected)
    {
        await using var gateway = new GatewayFixture();
        await gateway.MailAsync();

        Assert.Equal(expected, Codes(await gateway.RcptAsync(address)));
        Assert.Equal(0, gateway.Grains.Calls(nameof(IMailboxesGrain.ResolveAsync)));
    }

    [Theory, InlineData("postmaster"), InlineData("POSTMASTER")]
    public async Task A_bare_postmaster_goes_to_the_operators_mailbox_when_nothing_else_is_configured(string address)
    {
        await using var gateway = new GatewayFixture();

        var reply = await gateway.SendAsync("\r\n", address);

        Assert.Equal(250, reply.Code);
        var (domain, submission) = Assert.Single(gateway.Grains.Recorded);
        Assert.Equal("operator.invalid", domain.Value);
        Assert.Equal(("postmaster", address), (submission.Mailboxes[0].LocalPart, submission.Mailboxes[0].Recipients[0].Received));
    }

    [Theory, InlineData(ResolutionOutcome.MailboxUnknown), InlineData(ResolutionOutcome.Suspended), InlineData(ResolutionOutcome.AliasLoop)]
    public async Task A_served_domain_without_a_postmaster_leads_to_the_operators(ResolutionOutcome outcome)
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) => new(domain.Value == "a.test" ? Resolution.Refused(outcome) : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));

        Assert.Equal(250, (await gateway.SendAsync("\r\n", "PostMaster@a.test")).Code);

        var (domain, submission) = Assert.Single(gateway.Grains.Recorded);
        Assert.Equal("operator.invalid", domain.Value);
        Assert.Equal(("postmaster@operator.invalid", "PostMaster@a.test"), (submission.Mailboxes[0].Recipients[0].Address, submission.Mailboxes[0].Recipients[0].Received));
    }

    [Fact]
    public async Task A_domains_own_postmaster_is_its_own()
    {
        await using var gateway = new GatewayFixture(configure: options => options.Postmaster = "boss@a.test");

        await gateway.SendAsync("\r\n", "postmaster@b.test");

        Assert.Equal("b.test", Assert.Single(gateway.Grains.Recorded).Domain.Value);
    }

    [Fact]
    public async Task A_configured_postmaster_that_does_not_exist_yet_leads_to_the_operators()
    {
        await using var gateway = new GatewayFixture(configure: options => options.Postmaster = "boss@a.test");
        gateway.Grains.Resolve = (domain, localPart) =>
            new(domain.Value == "a.test" ? Resolution.Refused(ResolutionOutcome.MailboxUnknown) : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));

        await gateway.SendAsync("\r\n", "postmaster");

        Assert.Equal("operator.invalid", Assert.Single(gateway.Grains.Recorded).Domain.Value);
    }

    [Fact]
    public async Task The_operators_mailbox_and_a_tenants_are_not_of_one_transaction()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) => new(domain.Value == "b.test" && localPart.Value == "postmaster"
            ? Resolution.Refused(ResolutionOutcome.MailboxUnknown)
            : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));
        await gateway.MailAsync();
        Assert.Null(await gateway.RcptAsync("one@a.test"));
        Assert.Equal("452 4.5.3", Codes(await gateway.RcptAsync("postmaster")));
        Assert.Equal("452 4.5.3", Codes(await gateway.RcptAsync("postmaster@b.test")));

        await gateway.MailAsync();
        Assert.Null(await gateway.RcptAsync("postmaster"));
        Assert.Null(await gateway.RcptAsync("postmaster@b.test"));
        Assert.Equal("452 4.5.3", Codes(await gateway.RcptAsync("one@a.test")));
    }

    [Fact]
    public async Task Postmaster_of_a_domain_that_nobody_has_is_refused()
    {
        await using var gateway = new GatewayFixture();
        await gateway.MailAsync();

        Assert.Equal("550 5.7.1", Codes(await gateway.RcptAsync("postmaster@unowned.example")));
    }

    [Fact]
    public async Task A_bare_postmaster_goes_to_the_configured_address()
    {
        await using var gateway = new GatewayFixture(configure: options => options.Postmaster = "boss@a.test");

        var reply = await gateway.SendAsync("\r\n", "postmaster");

        Assert.Equal(250, reply.Code);
        var mailbox = Assert.Single(Assert.Single(gateway.Grains.Recorded).Submission.Mailboxes);
        Assert.Equal("boss", mailbox.LocalPart);
        Assert.Equal("postmaster", Assert.Single(mailbox.Recipients).Received);
    }

    [Fact]
    public async Task Another_tenants_domain_needs_a_transaction_of_its_own()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Owner = domain => new(TenantId.Parse(domain.Value == "b.test" ? "other" : "acme"));
        await gateway.MailAsync();
        Assert.Null(await gateway.RcptAsync("one@a.test"));

        Assert.Equal("452 4.5.3", Codes(await gateway.RcptAsync("two@b.test")));

        await gateway.MailAsync();
        Assert.Null(await gateway.RcptAsync("two@b.test"));
    }

    [Fact]
    public async Task A_declared_size_over_the_tenants_limit_is_refused_and_a_lower_limit_is_handed_to_the_engine()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) => new(FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)) with { MaxMessageBytes = 5000 });

        await gateway.MailAsync(size: 5001);
        Assert.Equal("552 5.3.4", Codes(await gateway.RcptAsync("one@a.test")));

        await gateway.MailAsync(size: 5000);
        Assert.Null(await gateway.RcptAsync("one@a.test"));
        Assert.Equal(5000, gateway.Transaction.MaxMessageBytes);
    }

    [Fact]
    public async Task A_message_has_a_thousand_mailboxes_at_most()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) => new(localPart.Value == "many"
            ? FakeGrains.Accepted([.. Enumerable.Range(0, 1000).Select(i => FakeGrains.Mailbox(domain.Value, $"m{i}"))])
            : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));
        await gateway.MailAsync();
        Assert.Null(await gateway.RcptAsync("many@a.test"));

        Assert.Null(await gateway.RcptAsync("m7@a.test"));
        Assert.Equal("452 4.5.3", Codes(await gateway.RcptAsync("one@a.test")));
    }

    [Fact]
    public async Task A_rehearsed_delay_answers_after_ten_seconds()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) =>
            new(FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)) with { Outcome = ResolutionOutcome.RehearsedDelay });
        await gateway.MailAsync();

        var answer = gateway.RcptAsync("slow@a.test");

        gateway.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(answer.IsCompleted);
        gateway.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await answer);
    }

    [Fact]
    public async Task A_grain_that_fails_defers_the_recipient_and_is_logged_once()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (_, _) => throw new StoreUnavailableException("away");
        await gateway.MailAsync();

        Assert.Equal("451 4.3.0", Codes(await gateway.RcptAsync("one@a.test")));
        Assert.Single(gateway.Logs.GetSnapshot());
    }

    [Theory, InlineData(StoreCondition.Unavailable, "451 4.3.0"), InlineData(StoreCondition.Full, "452 4.3.1")]
    public async Task A_store_that_takes_nothing_is_told_at_MAIL(StoreCondition condition, string expected)
    {
        await using var gateway = new GatewayFixture();
        gateway.Health.Condition = condition;

        Assert.Equal(expected, Codes(await gateway.MailAsync()));
    }

    [Fact]
    public async Task Beside_tenants_with_own_stores_each_store_is_told_to_its_own_recipients_alone()
    {
        await using var gateway = new GatewayFixture();
        var place = new MailPlace(HasOwnStore: true, IsSealed: false);
        gateway.Grains.Resolve = (domain, localPart) =>
            new(FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value) with { Place = domain.Value == "own.test" ? place : default }));
        var own = place.StoreOf(FakeGrains.Mailbox("own.test", "a").Key.Tenant);
        (gateway.Health.Condition, gateway.Health.Own[own]) = (StoreCondition.Full, StoreCondition.Healthy);

        Assert.Null(await gateway.MailAsync());
        Assert.Equal("452 4.3.1", Codes(await gateway.RcptAsync("a@shared.test")));
        Assert.Null(await gateway.RcptAsync("a@own.test"));
        (gateway.Health.Condition, gateway.Health.Own[own]) = (StoreCondition.Healthy, StoreCondition.Unavailable);
        Assert.Null(await gateway.MailAsync());
        Assert.Null(await gateway.RcptAsync("a@shared.test"));
        Assert.Equal("451 4.3.0", Codes(await gateway.RcptAsync("a@own.test")));
    }

    internal static string Codes(SmtpReply? reply) => $"{reply?.Code} {reply?.Status?.Class}.{reply?.Status?.Subject}.{reply?.Status?.Detail}";
}
