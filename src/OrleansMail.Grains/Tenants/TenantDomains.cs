using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Domains;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Tenants;

/// <summary>The domains of a tenant as they are set up, claimed and given up. Each step can be repeated, so that a crash between two is mended by the next try.</summary>
internal sealed class TenantDomains(
    TenantId id, GrainDocument<TenantState> document, IGrainFactory grains, PartitionRouter partitions, TenantHolds holds, IDomainVerifier verifier, TimeProvider time)
{
    private const int AtOnce = 32;

    /// <inheritdoc cref="ITenantGrain.PutDomainAsync"/>
    public async ValueTask<ChangeResult<Domain>> PutAsync(DomainName name, DomainSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!(await ViewAsync()).Exists)
            return new(ChangeStatus.ParentNotFound);
        if (name == OperatorMailbox.Domain && id != OperatorMailbox.Tenant)
            return new FieldProblem("domain", "This name is the operator's own.").ToResult<Domain>();
        var state = await document.ReadAsync();
        if (state.Find(name) is { Deleting: true } leaving)
        {
            if (state.Settings.IsHeld() || settings.LegalHold == true)
                return new(ChangeStatus.Held); // nothing of what its deletion has left may go
            await FinishDeletionAsync(leaving);
            state = await document.ReadAsync();
        }

        var old = state.Find(name);
        if (!VersionTag.Allows(ifMatch, TenantView.Version(old)))
            return new(ChangeStatus.VersionMismatch);
        if (DomainRules.Check(settings, old?.Settings) is { } problem)
            return problem.ToResult<Domain>();
        if (old is null && state.Domains.Count >= TenantRules.MaxDomains)
            return new FieldProblem("domain", $"A tenant has at most {TenantRules.MaxDomains} domains.").ToResult<Domain>();
        settings = settings.WithHoldOf(old?.Settings);
        await document.WriteAsync(old is null
            ? (state with { LastDomainNumber = state.LastDomainNumber + 1 }).With(Create(name, settings, state.LastDomainNumber + 1))
            : state.With(old with { Settings = settings, Version = old.Version + 1 }));
        await ClaimAsync(name, cancellationToken);
        await holds.EnforceAsync(name);
        if (old?.Settings.IsHeld() == true && !settings.IsHeld())
            holds.Lift();
        return new(old is null ? ChangeStatus.Created : ChangeStatus.Updated, (await ViewAsync()).Domain(name));
    }

    /// <inheritdoc cref="ITenantGrain.VerifyDomainAsync"/>
    public async ValueTask<Versioned<Domain>?> VerifyAsync(DomainName name, CancellationToken cancellationToken)
    {
        if ((await ViewAsync()).Entry(name) is null)
            return null;
        await ClaimAsync(name, cancellationToken);
        return (await ViewAsync()).Domain(name);
    }

    /// <inheritdoc cref="ITenantGrain.DeleteDomainAsync"/>
    public async ValueTask<ChangeStatus> DeleteAsync(DomainName name, string? ifMatch)
    {
        if (name == OperatorMailbox.Domain && id == OperatorMailbox.Tenant)
            return ChangeStatus.Invalid;
        var entry = (await ViewAsync()).Exists ? (await document.ReadAsync()).Find(name) : null;
        if (entry is not { Deleting: true } && !VersionTag.Allows(ifMatch, TenantView.Version(entry)))
            return ChangeStatus.VersionMismatch;
        if (entry is null)
            return ChangeStatus.Deleted;
        if ((await document.ReadAsync()).Settings.IsHeld() || entry.Settings.IsHeld())
            return ChangeStatus.Held; // asked again of a deletion that broke off: the hold may have been set since
        if (!entry.Deleting)
            await document.WriteAsync((await document.ReadAsync()).With(entry with { Deleting = true }));
        await FinishDeletionAsync(entry);
        return ChangeStatus.Deleted;
    }

    /// <summary>Deletes all domains of a tenant that is being deleted.</summary>
    public async Task FinishDeletionsAsync()
    {
        foreach (var some in (await document.ReadAsync()).Domains.Chunk(AtOnce))
            await Task.WhenAll(some.Select(GiveUpAsync));
    }

    /// <summary>Tells all mailboxes grains of the tenant what has changed.</summary>
    public async Task ConfigureAllAsync()
    {
        foreach (var some in (await document.ReadAsync()).Domains.Where(d => !d.Deleting).Chunk(AtOnce))
            await Task.WhenAll(some.Select(d => ConfigureAsync(DomainName.Parse(d.Name))));
    }

    private DomainEntry Create(DomainName name, DomainSettings settings, int number) => new()
    {
        Name = name.Value,
        Incarnation = Incarnation.Create(time).Value,
        Number = number,
        Version = 1,
        Challenge = $"orleansmail-verification={Ulid.NewUlid(time.GetUtcNow())}",
        Settings = settings,
    };

    private async Task ClaimAsync(DomainName name, CancellationToken cancellationToken)
    {
        var entry = (await ViewAsync()).Entry(name)!;
        if (!entry.Verified
            && (name == OperatorMailbox.Domain || await verifier.VerifyAsync(name, entry.Challenge, cancellationToken))
            && await grains.GetDomain(name).TryAcquireAsync(id, new(entry.Incarnation), cancellationToken))
            await document.WriteAsync((await document.ReadAsync()).With(entry with { Verified = true, Version = entry.Version + 1 }));
        await ConfigureAsync(name);
    }

    private async Task ConfigureAsync(DomainName name) =>
        await grains.GetMailboxes(id, name).ConfigureAsync((await ViewAsync()).Configuration(name), CancellationToken.None);

    private async Task FinishDeletionAsync(DomainEntry entry)
    {
        await GiveUpAsync(entry);
        await document.WriteAsync((await document.ReadAsync()).Without(entry.Name));
    }

    // The name is released last: whoever claims it next finds nothing of this tenant's in its way.
    private async Task GiveUpAsync(DomainEntry entry)
    {
        var name = DomainName.Parse(entry.Name);
        var mailboxes = grains.GetMailboxes(id, name);
        await mailboxes.ConfigureAsync(null, CancellationToken.None);
        await mailboxes.ClearAsync(CancellationToken.None);
        var state = await document.ReadAsync();
        var key = state.KeyOf(entry);
        await partitions.For(key, state.Settings?.Place ?? default).ForgetAsync(key, null, CancellationToken.None);
        await grains.GetDomain(name).ReleaseAsync(id, new(entry.Incarnation), CancellationToken.None);
    }

    private async ValueTask<TenantView> ViewAsync() => new(id, await document.ReadAsync());
}
