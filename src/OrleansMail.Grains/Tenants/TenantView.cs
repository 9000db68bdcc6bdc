using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Tenants;

/// <summary>What others see of a tenant's state.</summary>
internal sealed class TenantView(TenantId id, TenantState state)
{
    /// <summary>Whether the tenant exists for others: not once its deletion has begun.</summary>
    public bool Exists => state is { Settings: not null, Deleting: false };

    /// <summary>The tenant; null when it does not exist.</summary>
    public Versioned<Tenant>? Tenant =>
        Exists ? new(new(id, new(state.Incarnation), state.Settings!, state.CreatedAt), VersionTag.Of(state.Incarnation, state.Version)) : null;

    /// <summary>The domain's entry; null when it does not exist for others.</summary>
    public DomainEntry? Entry(DomainName name) => Exists && state.Find(name) is { Deleting: false } entry ? entry : null;

    /// <summary>A domain; null when the tenant has none of that name.</summary>
    public Versioned<Domain>? Domain(DomainName name) => Entry(name) is { } entry ? Show(entry) : null;

    /// <summary>The name of the domain with that number; null when there is none.</summary>
    public DomainName? Domain(int number) =>
        Exists && state.Domains.FirstOrDefault(d => d.Number == number && !d.Deleting) is { } entry ? DomainName.Parse(entry.Name) : null;

    /// <summary>A page of the domains.</summary>
    public Page<Domain> Domains(string? after, int limit)
    {
        limit = Paging.Clamp(limit);
        var from = OrdinalSearch.IndexBehind(state.Domains, static d => d.Name, after);
        var found = new List<Domain>();
        for (var at = Exists ? from : state.Domains.Count; at < state.Domains.Count && found.Count <= limit; at++)
        {
            if (!state.Domains[at].Deleting)
                found.Add(Show(state.Domains[at]).Value);
        }

        return Paging.Cut(found, limit, d => d.Name.Value);
    }

    /// <summary>What the mailboxes grain of a domain works by; null when the tenant has no such domain.</summary>
    public DomainConfiguration? Configuration(DomainName name) =>
        Entry(name) is { } entry
            ? new(
                id,
                Show(entry).Value,
                state.Settings!.Suspended,
                state.Settings.Limits.MaxMessageBytes,
                state.Settings.Limits.Mailboxes,
                entry.Settings.RetentionDays ?? state.Settings.Policy?.RetentionDays,
                state.Settings.IsHeld() || entry.Settings.IsHeld()) { Place = state.Settings.Place }
            : null;

    /// <summary>The version of a domain; null without one.</summary>
    public static string? Version(DomainEntry? entry) => entry is null ? null : VersionTag.Of(entry.Incarnation, entry.Version);

    private Versioned<Domain> Show(DomainEntry entry)
    {
        var status = !entry.Verified ? DomainStatus.Pending : entry.Settings.Suspended ? DomainStatus.Suspended : DomainStatus.Verified;
        return new(new(DomainName.Parse(entry.Name), state.KeyOf(entry), status, entry.Verified ? null : entry.Challenge, entry.Settings), Version(entry)!);
    }
}
