using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Domains;

/// <summary>What is stored of a domain name, as JSON.</summary>
public sealed class DomainOwnerState
{
    /// <summary>The owning tenant; null when nobody does.</summary>
    public string? Tenant { get; set; }

    /// <summary>The incarnation of the tenant's domain that holds the name.</summary>
    public Ulid Claim { get; set; }
}

/// <inheritdoc cref="IDomainGrain"/>
internal sealed class DomainGrain(
    [PersistentState(GrainStorageNames.Domain, GrainStorageNames.Provider)] IPersistentState<DomainOwnerState> state) : Grain, IDomainGrain
{
    /// <inheritdoc/>
    public ValueTask<TenantId?> GetOwnerAsync(CancellationToken cancellationToken) =>
        new(TenantId.TryParse(state.State.Tenant, out var owner) ? owner : null);

    /// <inheritdoc/>
    public async ValueTask<bool> TryAcquireAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken)
    {
        // The tenant grain is the authority on its own claims: a newer one of the same tenant replaces the older.
        if (state.State.Tenant is { } owner && owner != tenant.Value)
            return false;
        if (state.State.Tenant is not null && state.State.Claim == claim.Value)
            return true;
        state.State = new DomainOwnerState { Tenant = tenant.Value, Claim = claim.Value };
        await WriteAsync(state.WriteStateAsync);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(TenantId tenant, Incarnation claim, CancellationToken cancellationToken)
    {
        if (state.State.Tenant == tenant.Value && state.State.Claim == claim.Value)
            await WriteAsync(state.ClearStateAsync);
    }

    private async Task WriteAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle(); // what is stored counts, so it is read again
            throw;
        }
    }
}
