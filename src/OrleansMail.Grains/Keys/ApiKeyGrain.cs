using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Keys;

/// <inheritdoc cref="IApiKeyGrain"/>
/// <remarks>Anyone can make up secrets: an activation that finds nothing stores nothing and goes at once.</remarks>
[CollectionAgeLimit(Minutes = 2)]
internal sealed class ApiKeyGrain : Grain, IApiKeyGrain
{
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private readonly GrainDocument<ApiKeyState> document;

    /// <summary>Created by Orleans.</summary>
    public ApiKeyGrain([FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage, IGrainFactory grains, TimeProvider time)
    {
        this.grains = grains;
        this.time = time;
        document = new(storage, GrainStorageNames.Key, this.GetGrainId());
    }

    /// <inheritdoc/>
    public async ValueTask<TenantKey?> FindAsync(CancellationToken cancellationToken)
    {
        if ((await document.ReadAsync()).ToKey() is { } key
            && !key.HasExpired(time.GetUtcNow())
            && await grains.GetTenant(key.Tenant).GetIncarnationAsync(cancellationToken) == key.Incarnation)
            return key;
        DeactivateOnIdle();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask IssueAsync(TenantKey key) => await document.WriteAsync(ApiKeyState.From(key));

    /// <inheritdoc/>
    public async ValueTask RevokeAsync()
    {
        await document.ClearAsync();
        DeactivateOnIdle();
    }
}
