using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Tenants;

/// <inheritdoc cref="ITenantGrain"/>
internal sealed class TenantGrain : Grain, ITenantGrain
{
    private readonly TenantId id;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private readonly GrainDocument<TenantState> document;
    private readonly TenantHolds holds;
    private readonly TenantDomains domains;
    private readonly MailboxQuota quota;
    private readonly TenantPlacement placement;
    private readonly bool allowEmulator;

    /// <summary>Created by Orleans.</summary>
    public TenantGrain(
        [FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage, IGrainFactory grains, PartitionRouter partitions, IDomainVerifier verifier, TimeProvider time,
        ITenantKeys tenantKeys, ITenantStores stores, IOptions<MailGrainOptions> options)
    {
        id = TenantId.Parse(this.GetPrimaryKeyString());
        this.grains = grains;
        this.time = time;
        document = new(storage, GrainStorageNames.Tenant, this.GetGrainId());
        holds = new(id, document, grains, partitions, time);
        domains = new(id, document, grains, partitions, holds, verifier, time);
        quota = new(id, grains);
        placement = new(tenantKeys, stores);
        allowEmulator = options.Value.AllowEmulator;
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<Tenant>?> GetAsync(CancellationToken cancellationToken) => (await ViewAsync()).Tenant;

    /// <inheritdoc/>
    public async ValueTask<Incarnation?> GetIncarnationAsync(CancellationToken cancellationToken) => (await ViewAsync()).Tenant?.Value.Incarnation;

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<Tenant>> PutAsync(TenantSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (TenantRules.Check(settings) is { } problem)
            return problem.ToResult<Tenant>();
        var view = await ViewAsync();
        if (!VersionTag.Allows(ifMatch, view.Tenant?.Version))
            return new(ChangeStatus.VersionMismatch);
        var state = await document.ReadAsync();
        if (state.Deleting)
        {
            if (settings.Policy?.LegalHold == true)
                return new(ChangeStatus.Held); // who asks to keep everything must not finish a deletion by it
            await FinishDeletionAsync();
            state = await document.ReadAsync();
        }

        if (!view.Exists)
            state = new() { Incarnation = Incarnation.Create(time).Value, CreatedAt = time.GetUtcNow() };
        if (TenantPlaceRules.Check(settings, state, allowEmulator) is { } misplaced)
            return misplaced.ToResult<Tenant>();
        var (placed, unplaced) = await placement.ApplyAsync(new(state.Incarnation), state.Settings, settings, cancellationToken);
        if (unplaced is not null)
            return unplaced.ToResult<Tenant>();
        await document.WriteAsync(state with { Settings = placed.WithHoldOf(state.Settings), Version = state.Version + 1 });
        await domains.ConfigureAllAsync();
        await holds.EnforceAsync();
        if (state.Settings.IsHeld() && settings.Policy?.LegalHold == false)
            holds.Lift();
        return new(view.Exists ? ChangeStatus.Updated : ChangeStatus.Created, (await ViewAsync()).Tenant);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteAsync(string? ifMatch, CancellationToken cancellationToken)
    {
        if (id == OperatorMailbox.Tenant)
            return ChangeStatus.Invalid;
        var view = await ViewAsync();
        var state = await document.ReadAsync();
        if (!state.Deleting && !VersionTag.Allows(ifMatch, view.Tenant?.Version))
            return ChangeStatus.VersionMismatch;
        if (state.Settings is null)
            return ChangeStatus.Deleted;
        if (state.Settings.IsHeld() || state.Domains.Any(static d => d.Settings.IsHeld()))
            return ChangeStatus.Held;
        if (!state.Deleting)
            await document.WriteAsync(state with { Deleting = true });
        await FinishDeletionAsync();
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<Domain>?> GetDomainAsync(DomainName name, CancellationToken cancellationToken) => (await ViewAsync()).Domain(name);

    /// <inheritdoc/>
    public async ValueTask<DomainName?> FindDomainAsync(int number, CancellationToken cancellationToken) => (await ViewAsync()).Domain(number);

    /// <inheritdoc/>
    public async ValueTask<Page<Domain>> ListDomainsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        (await ViewAsync()).Domains(after, limit);

    /// <inheritdoc/>
    public ValueTask<ChangeResult<Domain>> PutDomainAsync(DomainName name, DomainSettings settings, string? ifMatch, CancellationToken cancellationToken) =>
        domains.PutAsync(name, settings, ifMatch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Versioned<Domain>?> VerifyDomainAsync(DomainName name, CancellationToken cancellationToken) =>
        domains.VerifyAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangeStatus> DeleteDomainAsync(DomainName name, string? ifMatch, CancellationToken cancellationToken) =>
        domains.DeleteAsync(name, ifMatch);

    /// <inheritdoc/>
    public async ValueTask<DomainConfiguration?> GetDomainConfigurationAsync(DomainName name, CancellationToken cancellationToken) =>
        (await ViewAsync()).Configuration(name);

    /// <inheritdoc/>
    public async ValueTask<bool> HasRoomForMailboxAsync(DomainName name, int mailboxes, CancellationToken cancellationToken) =>
        await quota.HasRoomAsync(await document.ReadAsync(), name, mailboxes, cancellationToken);

    private async Task FinishDeletionAsync()
    {
        await placement.ShredAsync(new((await document.ReadAsync()).Incarnation), CancellationToken.None); // first: whatever stays behind can't be read
        await grains.GetTenantKeys(id).ClearAsync(CancellationToken.None);
        await domains.FinishDeletionsAsync();
        await grains.GetRemovals().AddAsync(id, new((await document.ReadAsync()).Incarnation), CancellationToken.None);
        await document.ClearAsync();
    }

    private async ValueTask<TenantView> ViewAsync() => new(id, await document.ReadAsync());
}
