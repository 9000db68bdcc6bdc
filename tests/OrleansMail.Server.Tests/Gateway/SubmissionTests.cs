using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Sessions that authenticate with a tenant's key: of <c>acme</c>, which owns every domain in <c>.test</c> but <c>other.test</c>.</summary>
public sealed class SubmissionTests : IAsyncDisposable
{
    private readonly string secret = ApiKeySecret.Create();
    private readonly GatewayFixture gateway = new();
    private TenantKey? key = new(TenantId.Parse("acme"), default, new(Ulid.NewUlid(), new("k", KeyScopes.MailSubmit, null), default));

    public SubmissionTests()
    {
        ApiKeySecret.TryHash(secret, out var known);
        gateway.Grains.Key = hash => new(hash == known.Value ? key : null);
        gateway.Grains.Owner = domain => new(domain.Value switch
        {
            "other.test" => TenantId.Parse("other"),
            "nobody.test" => null,
            _ => TenantId.Parse("acme"),
        });
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData("acme", "")]
    [InlineData("", "")]
    [InlineData("user@elsewhere.example", "")]
    [InlineData("用户", "用户")]
    public async Task The_key_says_who_it_is_whatever_the_user_name(string user, string authorization)
    {
        Assert.True(await gateway.AuthenticateAsync(secret, user, authorization));
        Assert.Equal($"acme/{key!.Key.Id}", gateway.Session.Identity!.Name);
        Assert.DoesNotContain(secret, gateway.Session.Identity.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyScopes.None)]
    [InlineData(KeyScopes.MailRead | KeyScopes.DomainsRead | KeyScopes.DomainsWrite | KeyScopes.MailboxesRead | KeyScopes.MailboxesWrite | KeyScopes.KeysRead | KeyScopes.KeysWrite)]
    public async Task A_key_without_the_scope_to_submit_is_no_password(KeyScopes scopes)
    {
        key = key! with { Key = key.Key with { Settings = key.Key.Settings with { Scopes = scopes } } };
        Assert.False(await gateway.AuthenticateAsync(secret));
    }

    [Fact]
    public async Task What_is_no_secret_asks_no_grain_and_an_unknown_one_is_refused()
    {
        foreach (var wrong in new[] { "", "password", secret.ToUpperInvariant(), secret[1..], secret + " ", new string('A', 1024) })
            Assert.False(await gateway.AuthenticateAsync(wrong));
        Assert.Equal(0, gateway.Grains.Calls(nameof(IApiKeyGrain.FindAsync)));
        Assert.False(await gateway.AuthenticateAsync(ApiKeySecret.Create()));
        Assert.Equal(1, gateway.Grains.Calls(nameof(IApiKeyGrain.FindAsync)));
    }

    [Fact]
    public async Task Nobody_acts_as_someone_else()
    {
        Assert.False(await gateway.AuthenticateAsync(secret, user: "me", authorization: "other"));
        Assert.True(await gateway.AuthenticateAsync(secret, user: "me", authorization: "me"));
    }

    [Fact]
    public async Task A_store_that_is_away_is_not_a_wrong_password()
    {
        gateway.Grains.Key = _ => throw new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => gateway.AuthenticateAsync(secret));
    }

    [Fact]
    public async Task A_session_with_a_key_delivers_to_its_tenant()
    {
        Assert.True(await gateway.AuthenticateAsync(secret));
        Assert.Equal(250, (await gateway.SendAsync("\r\n", "one@a.test", "two@b.test")).Code);
        Assert.Equal(2, gateway.Grains.Recorded.Count);
    }

    [Fact]
    public async Task Another_tenants_recipients_and_those_of_nobody_look_alike_to_a_key()
    {
        gateway.Grains.Resolve = (domain, localPart) => new(domain.Value == "other.test" && localPart.Value == "absent"
            ? Resolution.Refused(ResolutionOutcome.MailboxUnknown)
            : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));
        Assert.True(await gateway.AuthenticateAsync(secret));
        await gateway.MailAsync();
        var refusals = new List<SmtpReply?>();
        foreach (var address in new[] { "there@other.test", "absent@other.test", "someone@nobody.test", "someone@-x-" })
            refusals.Add(await gateway.RcptAsync(address));

        Assert.Equal("550 5.7.1", RecipientTests.Codes(refusals[0]));
        Assert.All(refusals, refusal => Assert.Equal(refusals[0]!.ToString(), refusal!.ToString()));
        Assert.All(refusals, refusal => Assert.Equal(refusals[0]!.Text, refusal!.Text));
        Assert.Equal(0, gateway.Grains.Calls(nameof(IMailboxesGrain.ResolveAsync)));
        Assert.Equal("550 5.1.1", RecipientTests.Codes(await OwnUnknownAsync()));
        Assert.Null(await gateway.RcptAsync("one@a.test"));
    }

    [Fact]
    public async Task A_postmaster_without_a_domain_is_accepted_from_any_session()
    {
        await using var other = new GatewayFixture(configure: options => options.Postmaster = "boss@other.test");
        other.Grains.Key = gateway.Grains.Key;
        other.Grains.Owner = gateway.Grains.Owner;
        await other.MailAsync();
        Assert.Null(await other.RcptAsync("postmaster"));
        Assert.True(await other.AuthenticateAsync(secret));
        await other.MailAsync();
        Assert.Null(await other.RcptAsync("postmaster"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_key_that_ends_while_its_session_lasts_delivers_nothing_more_after_a_second(bool expires)
    {
        if (expires)
            key = key! with { Key = key.Key with { Settings = key.Key.Settings with { ExpiresAt = gateway.Time.GetUtcNow().AddSeconds(1) } } };
        Assert.True(await gateway.AuthenticateAsync(secret));
        Assert.Equal(250, (await gateway.SendAsync("\r\n", "one@a.test")).Code);
        if (!expires)
            key = null;

        gateway.Time.Advance(TimeSpan.FromSeconds(1));

        await gateway.MailAsync();
        Assert.Equal("530 5.7.0", RecipientTests.Codes(await gateway.RcptAsync("one@a.test")));
        Assert.Equal("530 5.7.0", RecipientTests.Codes(await gateway.RcptAsync("there@other.test")));
    }

    [Fact]
    public async Task A_key_that_can_not_be_asked_for_defers_the_recipient()
    {
        Assert.True(await gateway.AuthenticateAsync(secret));
        gateway.Grains.Key = _ => throw new StoreUnavailableException("away");
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        await gateway.MailAsync();
        Assert.Equal("451 4.3.0", RecipientTests.Codes(await gateway.RcptAsync("one@a.test")));
    }

    private async Task<SmtpReply?> OwnUnknownAsync()
    {
        gateway.Grains.Resolve = (_, _) => new(Resolution.Refused(ResolutionOutcome.MailboxUnknown));
        var reply = await gateway.RcptAsync("absent@a.test");
        gateway.Grains.Resolve = static (domain, localPart) => new(FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));
        return reply;
    }
}
