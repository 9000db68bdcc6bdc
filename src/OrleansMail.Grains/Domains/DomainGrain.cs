using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Domains;

/// <inheritdoc cref="IDomainGrain"/>
/// <remarks>Anyone can ask for names that nobody owns: their activations go soon, so that a flood of them does not gather in memory.</remarks>
[CollectionAgeLimit(Minutes = 2)]
internal sealed class DomainGrain : Grain, IDomainGrain
{
    private readonly GrainDocument<DomainOwnerState> document;

    /// <summary>Created by Orleans.</summary>
    public DomainGrain([FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage) =>
        document = new(storage, GrainStorageNames.Domain, this.GetGrainId());

    /// <inheritdoc/>
    public async ValueTask<TenantId?> GetOwnerAsync(CancellationToken cancellationToken) =>
        TenantId.TryParse((await document.ReadAsync()).Tenant, out var owner) ? owner : null;

    /// <inheritdoc/>
    public async ValueTask<bool> TryAcquireAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken)
    {
        var state = await document.ReadAsync();
        // The tenant grain is the authority on its own claims: a newer one of the same tenant replaces the older.
        if (state.Tenant is { } owner && owner != tenant.Value)
            return false;
        if (state.Tenant is null || state.Claim != claim.Value)
            await document.WriteAsync(new() { Tenant = tenant.Value, Claim = claim.Value });
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken)
    {
        var state = await document.ReadAsync();
        if (state.Tenant == tenant.Value && state.Claim == claim.Value)
            await document.ClearAsync();
    }
}
