using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Keys;

/// <inheritdoc cref="ITenantKeysGrain"/>
/// <remarks>
/// A key is listed before it is put in force and forgotten after it has ended, so that whatever breaks off in between, no key is in
/// force that nobody can see and delete.
/// </remarks>
internal sealed class TenantKeysGrain : Grain, ITenantKeysGrain
{
    private const int AtOnce = 32;
    private readonly TenantId tenant;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private readonly TenantKeyTable keys;

    /// <summary>Created by Orleans.</summary>
    public TenantKeysGrain([FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage, IGrainFactory grains, TimeProvider time)
    {
        tenant = TenantId.Parse(this.GetPrimaryKeyString());
        this.grains = grains;
        this.time = time;
        keys = new(storage, this.GetGrainId());
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<ApiKey>> CreateAsync(ApiKeyHash hash, ApiKeySettings settings, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (KeyRules.Check(settings, now) is { } problem)
            return problem.ToResult<ApiKey>();
        if (await FindTenantAsync(cancellationToken) is not { } incarnation)
            return new(ChangeStatus.ParentNotFound);
        if (!await HasRoomAsync(now))
            return new(ChangeStatus.LimitReached);
        var key = new ApiKey(Ulid.NewUlid(now), settings, now);
        await keys.SetAsync(key.Id, new(hash.Value, settings.Name, settings.Scopes, settings.ExpiresAt, now));
        await grains.GetApiKey(hash).IssueAsync(new(tenant, incarnation, key));
        return new(ChangeStatus.Created, Show(key));
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<ApiKey>?> GetAsync(Ulid id, CancellationToken cancellationToken) =>
        await FindTenantAsync(cancellationToken) is not null && (await keys.ReadAsync()).Find(id.ToString()) is { } entry ? Show(Key(id, entry)) : null;

    /// <inheritdoc/>
    public async ValueTask<Page<ApiKey>?> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        if (await FindTenantAsync(cancellationToken) is null)
            return null;
        limit = Paging.Clamp(limit);
        var found = (await keys.ReadAsync()).Behind(after, limit + 1);
        return Paging.Cut([.. found.Select(Key)], limit, key => key.Id.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteAsync(Ulid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var entry = await FindTenantAsync(cancellationToken) is null ? null : (await keys.ReadAsync()).Find(id.ToString());
        if (!VersionTag.Allows(ifMatch, entry is null ? null : Version(id)))
            return ChangeStatus.VersionMismatch;
        if (entry is not null)
            await EndAsync(id, entry);
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        foreach (var some in (await keys.ReadAsync()).Entries.Chunk(AtOnce))
            await Task.WhenAll(some.Select(entry => RevokeAsync(entry.Value)));
        await keys.ClearAsync();
    }

    // A few at once, so that a tenant whose keys are made and left to expire waits for no more than that.
    private async ValueTask<bool> HasRoomAsync(DateTimeOffset now)
    {
        var table = await keys.ReadAsync();
        if (table.Count < ITenantKeysGrain.MaxKeys)
            return true;
        var expired = table.Entries.Where(entry => entry.Value.ExpiresAt <= now).Take(AtOnce).ToList();
        foreach (var entry in expired)
            await EndAsync(Ulid.Parse(entry.Key), entry.Value);
        return expired.Count > 0;
    }

    private async Task EndAsync(Ulid id, KeyEntry entry)
    {
        await RevokeAsync(entry);
        await keys.SetAsync(id, null);
    }

    private Task RevokeAsync(KeyEntry entry) => grains.GetApiKey(ApiKeyHash.Parse(entry.Hash)).RevokeAsync().AsTask();

    private ValueTask<Incarnation?> FindTenantAsync(CancellationToken cancellationToken) => grains.GetTenant(tenant).GetIncarnationAsync(cancellationToken);

    private static Versioned<ApiKey> Show(ApiKey key) => new(key, Version(key.Id));

    private static string Version(Ulid id) => VersionTag.Of(id, 1); // a key never changes

    private static ApiKey Key(TableEntry<KeyEntry> entry) => Key(Ulid.Parse(entry.Key), entry.Value);

    private static ApiKey Key(Ulid id, KeyEntry entry) => new(id, new(entry.Name, entry.Scopes, entry.ExpiresAt), entry.CreatedAt);
}
