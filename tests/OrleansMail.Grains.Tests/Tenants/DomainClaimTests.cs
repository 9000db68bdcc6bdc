using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class DomainClaimTests
{
    private static readonly DomainName Name = DomainName.Parse("a.test");

    [Fact]
    public async Task The_first_claim_owns_a_later_one_waits_until_the_name_is_given_up()
    {
        await using var cluster = await MailCluster.StartAsync();
        var first = await cluster.DomainAsync("one", "a.test", null, "bob");
        var second = await cluster.DomainAsync("two", "a.test", null, "bob");
        Assert.Equal(DomainStatus.Verified, (await cluster.Tenant("one").GetDomainAsync(Name, default))!.Value.Status);
        var pending = (await cluster.Tenant("two").GetDomainAsync(Name, default))!.Value;
        Assert.Equal(DomainStatus.Pending, pending.Status);
        Assert.StartsWith("orleansmail-verification=", pending.Challenge, StringComparison.Ordinal);
        Assert.Equal("bob@a.test", await first.AnswerAsync("bob"));
        Assert.Equal("DomainUnknown", await second.AnswerAsync("bob"));
        Assert.Equal(TenantId.Parse("one"), await cluster.Grains.GetDomain(Name).GetOwnerAsync(default));

        await cluster.Tenant("two").DeleteDomainAsync(DomainName.Parse("other.test"), null, default);
        Assert.Equal(DomainStatus.Pending, (await cluster.Tenant("two").VerifyDomainAsync(Name, default))!.Value.Status);
        await cluster.Tenant("one").DeleteDomainAsync(Name, null, default);
        Assert.Null(await cluster.Grains.GetDomain(Name).GetOwnerAsync(default));
        Assert.Equal(DomainStatus.Verified, (await cluster.Tenant("two").VerifyDomainAsync(Name, default))!.Value.Status);
        Assert.Equal("bob@a.test", await second.AnswerAsync("bob"));
        Assert.Equal("DomainUnknown", await first.AnswerAsync("bob"));
        Assert.Equal(TenantId.Parse("two"), await cluster.Grains.GetDomain(Name).GetOwnerAsync(default));
    }

    [Fact]
    public async Task A_claim_that_is_withdrawn_does_not_touch_the_owner()
    {
        await using var cluster = await MailCluster.StartAsync();
        var first = await cluster.DomainAsync("one", "a.test", null, "bob");
        await cluster.DomainAsync("two", "a.test");
        await cluster.Tenant("two").DeleteAsync(null, default);
        Assert.Equal(TenantId.Parse("one"), await cluster.Grains.GetDomain(Name).GetOwnerAsync(default));
        Assert.Equal("bob@a.test", await first.AnswerAsync("bob"));
    }

    [Fact]
    public async Task Without_proof_a_claim_stays_pending_with_its_challenge()
    {
        await using var cluster = await MailCluster.StartAsync(verification: DomainVerification.Dns);
        var grain = await cluster.DomainAsync("one", "a.test", null, "bob");
        var before = (await cluster.Tenant("one").GetDomainAsync(Name, default))!.Value;
        var after = (await cluster.Tenant("one").VerifyDomainAsync(Name, default))!.Value;
        Assert.Equal((DomainStatus.Pending, before.Challenge), (after.Status, after.Challenge));
        Assert.Equal("DomainUnknown", await grain.AnswerAsync("bob"));
        Assert.Null(await cluster.Grains.GetDomain(Name).GetOwnerAsync(default));
    }

    [Theory]
    [InlineData("++", null, "subaddressing")]
    [InlineData("a", null, "subaddressing")]
    [InlineData("@", null, "subaddressing")]
    [InlineData("+", "", "catchAll")]
    public async Task Settings_that_can_not_be_taken_name_their_field(string separator, string? catchAll, string field)
    {
        await using var cluster = await MailCluster.StartAsync();
        await cluster.DomainAsync("one", "b.test");
        var result = await cluster.Tenant("one").PutDomainAsync(Name, new(catchAll, separator), null, default);
        Assert.Equal((ChangeStatus.Invalid, field), (result.Status, result.Field));
        Assert.Null(await cluster.Tenant("one").GetDomainAsync(Name, default));
    }
}
