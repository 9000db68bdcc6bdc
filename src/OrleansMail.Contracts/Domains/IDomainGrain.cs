using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Domains;

/// <summary>Who owns a domain name, in the whole system. Key: the <see cref="DomainName"/>.</summary>
[Alias("orleansmail.domain")]
public interface IDomainGrain : IGrainWithStringKey
{
    /// <summary>The owner; null when nobody has proven the name.</summary>
    [Alias("owner"), Orleans.Concurrency.ReadOnly]
    ValueTask<TenantId?> GetOwnerAsync(CancellationToken cancellationToken);

    /// <summary>Gives the name to a tenant that has proven it, unless another holds it.</summary>
    /// <returns>Whether the tenant owns it now.</returns>
    [Alias("acquire")]
    ValueTask<bool> TryAcquireAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken);

    /// <summary>Gives the name up; no effect when another claim holds it.</summary>
    [Alias("release")]
    ValueTask ReleaseAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken);
}
