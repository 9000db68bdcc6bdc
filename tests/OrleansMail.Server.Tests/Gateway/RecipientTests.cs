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
    [InlineData("postmaster", "550 5.1.1")]
    public async Task What_belongs_to_nobody_is_refused_without_asking_for_mailboxes(string address, string expected)
    {
        await using var gateway = new GatewayFixture();
        await gateway.MailAsync();

        Assert.Equal(expected, Codes(await gateway.RcptAsync(address)));
        Assert.Equal(0, gateway.Grains.Calls(nameof(IMailboxesGrain.ResolveAsync)));
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

    internal static string Codes(SmtpReply? reply) => $"{reply?.Code} {reply?.Status?.Class}.{reply?.Status?.Subject}.{reply?.Status?.Detail}";
}
