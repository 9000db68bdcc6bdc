using System.Globalization;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Tenants;

/// <inheritdoc cref="ITenantGrain"/>
internal sealed class TenantGrain(
    [PersistentState(GrainStorageNames.Tenant, GrainStorageNames.Provider)] IPersistentState<TenantState> state,
    IDomainVerifier verifier,
    TimeProvider time) : Grain, ITenantGrain
{
    private TenantState State => state.State;

    private bool Exists => State is { Settings: not null, Deleting: false };

    private TenantId Id => TenantId.Parse(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public ValueTask<Versioned<Tenant>?> GetAsync(CancellationToken cancellationToken) => new(Exists ? Snapshot() : null);

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<Tenant>> PutAsync(TenantSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (Problem(settings) is { } problem)
            return new(ChangeStatus.Invalid, Field: problem.Field, Problem: problem.Text);
        if (State.Deleting)
            await FinishDeletionAsync();
        if (ifMatch is not null && (!Exists || ifMatch != Version(State.Incarnation, State.Version)))
            return new(ChangeStatus.VersionMismatch);
        var created = !Exists;
        await SaveAsync(s =>
        {
            if (created)
            {
                s.Incarnation = Incarnation.Create(time).Value;
                s.CreatedAt = time.GetUtcNow();
            }

            s.Settings = settings;
            s.Version++;
        });
        foreach (var name in State.Domains.Keys.ToArray())
            await ConfigureAsync(DomainName.Parse(name));
        return new(created ? ChangeStatus.Created : ChangeStatus.Updated, Snapshot());
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteAsync(string? ifMatch, CancellationToken cancellationToken)
    {
        if (State.Settings is null)
            return ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;
        if (Exists)
        {
            if (ifMatch is not null && ifMatch != Version(State.Incarnation, State.Version))
                return ChangeStatus.VersionMismatch;
            await SaveAsync(s => s.Deleting = true);
        }

        await FinishDeletionAsync();
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public ValueTask<Versioned<Domain>?> GetDomainAsync(DomainName name, CancellationToken cancellationToken) =>
        new(Find(name) is { } entry ? Snapshot(name, entry) : null);

    /// <inheritdoc/>
    public ValueTask<DomainName?> FindDomainAsync(int number, CancellationToken cancellationToken)
    {
        foreach (var (name, entry) in State.Domains)
        {
            if (Exists && entry.Number == number && !entry.Deleting)
                return new(DomainName.Parse(name));
        }

        return new((DomainName?)null);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Domain>> ListDomainsAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var found = (Exists ? State.Domains : [])
            .Where(d => !d.Value.Deleting && (after is null || string.CompareOrdinal(d.Key, after) > 0))
            .Take(limit + 1)
            .Select(d => Snapshot(DomainName.Parse(d.Key), d.Value).Value)
            .ToList();
        var more = found.Count > limit;
        if (more)
            found.RemoveAt(limit);
        return new(new Page<Domain>(found, more ? found[^1].Name.Value : null));
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<Domain>> PutDomainAsync(DomainName name, DomainSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!Exists)
            return new(ChangeStatus.ParentNotFound);
        if (Problem(settings) is { } problem)
            return new(ChangeStatus.Invalid, Field: problem.Field, Problem: problem.Text);
        if (State.Domains.TryGetValue(name.Value, out var old) && old.Deleting)
            await FinishDomainDeletionAsync(name, old);
        var existing = Find(name);
        if (ifMatch is not null && (existing is null || ifMatch != Version(existing.Incarnation, existing.Version)))
            return new(ChangeStatus.VersionMismatch);
        await SaveAsync(s =>
        {
            if (existing is null)
            {
                var incarnation = Incarnation.Create(time);
                s.Domains[name.Value] = new DomainEntry
                {
                    Incarnation = incarnation.Value,
                    Number = ++s.LastDomainNumber,
                    Version = 1,
                    Challenge = $"orleansmail-verification={Ulid.NewUlid(time.GetUtcNow())}",
                    Settings = settings,
                };
            }
            else
            {
                existing.Settings = settings;
                existing.Version++;
            }
        });
        await ClaimAsync(name, cancellationToken);
        return new(existing is null ? ChangeStatus.Created : ChangeStatus.Updated, Snapshot(name, Find(name)!));
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<Domain>?> VerifyDomainAsync(DomainName name, CancellationToken cancellationToken)
    {
        if (Find(name) is null)
            return null;
        await ClaimAsync(name, cancellationToken);
        return Snapshot(name, Find(name)!);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteDomainAsync(DomainName name, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!Exists || !State.Domains.TryGetValue(name.Value, out var entry))
            return ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;
        if (!entry.Deleting)
        {
            if (ifMatch is not null && ifMatch != Version(entry.Incarnation, entry.Version))
                return ChangeStatus.VersionMismatch;
            await SaveAsync(_ => entry.Deleting = true);
        }

        await FinishDomainDeletionAsync(name, entry);
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public ValueTask<DomainConfiguration?> GetDomainConfigurationAsync(DomainName name, CancellationToken cancellationToken) =>
        new(Configuration(name));

    private DomainEntry? Find(DomainName name) =>
        Exists && State.Domains.TryGetValue(name.Value, out var entry) && !entry.Deleting ? entry : null;

    private DomainConfiguration? Configuration(DomainName name) =>
        Find(name) is { } entry
            ? new DomainConfiguration(Id, Snapshot(name, entry).Value, State.Settings!.Suspended, State.Settings.Limits.MaxMessageBytes)
            : null;

    // Repeated by each PUT and verify, so a crash between the steps is mended by the caller's next try.
    private async Task ClaimAsync(DomainName name, CancellationToken cancellationToken)
    {
        var entry = Find(name)!;
        if (!entry.Verified
            && await verifier.VerifyAsync(name, entry.Challenge, cancellationToken)
            && await GrainFactory.GetDomain(name).TryAcquireAsync(Id, new Incarnation(entry.Incarnation), cancellationToken))
        {
            await SaveAsync(_ =>
            {
                entry.Verified = true;
                entry.Version++;
            });
        }

        await ConfigureAsync(name);
    }

    private ValueTask ConfigureAsync(DomainName name) =>
        GrainFactory.GetMailboxes(Id, name).ConfigureAsync(Configuration(name), CancellationToken.None);

    private async Task FinishDomainDeletionAsync(DomainName name, DomainEntry entry)
    {
        var mailboxes = GrainFactory.GetMailboxes(Id, name);
        await mailboxes.ConfigureAsync(null, CancellationToken.None);
        await mailboxes.ClearAsync(CancellationToken.None);
        await GrainFactory.GetDomain(name).ReleaseAsync(Id, new Incarnation(entry.Incarnation), CancellationToken.None);
        await SaveAsync(s => s.Domains.Remove(name.Value));
    }

    private async Task FinishDeletionAsync()
    {
        foreach (var (name, entry) in State.Domains.ToArray())
            await FinishDomainDeletionAsync(DomainName.Parse(name), entry);
        await state.ClearStateAsync();
    }

    // A write that fails leaves memory ahead of the store: what is stored counts, so it is read again.
    private async Task SaveAsync(Action<TenantState> change)
    {
        change(State);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private Versioned<Tenant> Snapshot() =>
        new(new Tenant(Id, new Incarnation(State.Incarnation), State.Settings!, State.CreatedAt), Version(State.Incarnation, State.Version));

    private Versioned<Domain> Snapshot(DomainName name, DomainEntry entry)
    {
        var key = new DomainKey(new Incarnation(State.Incarnation), new Incarnation(entry.Incarnation), entry.Number);
        var status = !entry.Verified ? DomainStatus.Pending : entry.Settings.Suspended ? DomainStatus.Suspended : DomainStatus.Verified;
        return new(new Domain(name, key, status, entry.Verified ? null : entry.Challenge, entry.Settings), Version(entry.Incarnation, entry.Version));
    }

    private static string Version(Ulid incarnation, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{incarnation.ToString()[^8..]}-{version}");

    private static (string Field, string Text)? Problem(TenantSettings settings)
    {
        if (settings.DisplayName is { Length: > 200 })
            return ("displayName", "At most 200 characters.");
        var limits = settings.Limits;
        if (limits.MaxMessageBytes < 1)
            return ("limits.maxMessageBytes", "At least 1, or absent for no limit.");
        if (limits.MessagesPerDay < 0)
            return ("limits.messagesPerDay", "At least 0, or absent for no limit.");
        if (limits.StorageBytes < 0)
            return ("limits.storageBytes", "At least 0, or absent for no limit.");
        return limits.Mailboxes < 0 ? ("limits.mailboxes", "At least 0, or absent for no limit.") : null;
    }

    private static (string Field, string Text)? Problem(DomainSettings settings)
    {
        if (settings.CatchAll is not null && !LocalPart.TryParse(settings.CatchAll, out _))
            return ("catchAll", "A local part of 1 to 64 octets, or null.");
        return settings.Subaddressing is not (null or { Length: 1 }) || settings.Subaddressing is { } s && (char.IsLetterOrDigit(s[0]) || !char.IsAscii(s[0]) || char.IsControl(s[0]) || s[0] is ' ' or '@' or '"')
            ? ("subaddressing", "One ASCII punctuation character such as '+' or '-', or null for none.")
            : null;
    }
}
