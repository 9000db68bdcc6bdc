using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api;

/// <summary>Which link of the chain tenant, domain, thing is missing, once something was not found.</summary>
internal static class Absence
{
    /// <summary>A domain was not found: is there a tenant?</summary>
    public static async ValueTask<ProblemCode> OfDomainAsync(IGrainFactory grains, TenantId tenant, CancellationToken cancellationToken) =>
        await grains.GetTenant(tenant).GetAsync(cancellationToken) is null ? ProblemCodes.TenantNotFound : ProblemCodes.DomainNotFound;

    /// <summary>Something in a domain was not found: is there a domain?</summary>
    public static async ValueTask<ProblemCode> InDomainAsync(
        IGrainFactory grains, TenantId tenant, DomainName domain, ProblemCode thing, CancellationToken cancellationToken) =>
        await grains.GetTenant(tenant).GetDomainAsync(domain, cancellationToken) is null
            ? await OfDomainAsync(grains, tenant, cancellationToken)
            : thing;
}
