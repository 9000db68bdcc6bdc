using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class OperatorMailboxTests
{
    [Theory, InlineData(DomainVerification.None), InlineData(DomainVerification.Dns)]
    public async Task The_operators_domain_is_its_own_without_proof_and_nobody_elses(DomainVerification verification)
    {
        await using var cluster = await MailCluster.StartAsync(verification: verification);
        await cluster.Tenant("thief").PutAsync(new(null, false, new()), null, default);
        var stolen = await cluster.Tenant("thief").PutDomainAsync(OperatorMailbox.Domain, new(), null, default);
        Assert.Equal((ChangeStatus.Invalid, "domain"), (stolen.Status, stolen.Field));

        var tenant = cluster.Grains.GetTenant(OperatorMailbox.Tenant);
        await tenant.PutAsync(new(null, false, new()), null, default);
        var domain = await tenant.PutDomainAsync(OperatorMailbox.Domain, new(), null, default);

        Assert.Equal(DomainStatus.Verified, domain.Value!.Value.Status);
        Assert.Equal(OperatorMailbox.Tenant, await cluster.Grains.GetDomain(OperatorMailbox.Domain).GetOwnerAsync(default));
    }

    [Fact]
    public async Task The_operators_tenant_and_domain_can_not_be_deleted()
    {
        await using var cluster = await MailCluster.StartAsync();
        var tenant = cluster.Grains.GetTenant(OperatorMailbox.Tenant);
        await tenant.PutAsync(new(null, false, new()), null, default);
        await tenant.PutDomainAsync(OperatorMailbox.Domain, new(), null, default);

        Assert.Equal(ChangeStatus.Invalid, await tenant.DeleteAsync(null, default));
        Assert.Equal(ChangeStatus.Invalid, await tenant.DeleteDomainAsync(OperatorMailbox.Domain, null, default));
        Assert.NotNull(await tenant.GetDomainAsync(OperatorMailbox.Domain, default));
    }
}
