using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Tenants;

/// <summary>The sorted list of a tenant's domains.</summary>
internal static class TenantDomainList
{
    /// <summary>What a domain is called where its mail is.</summary>
    public static DomainKey KeyOf(this TenantState state, DomainEntry entry) => new(new(state.Incarnation), new(entry.Incarnation), entry.Number);

    /// <summary>Where the domain is, or the complement of where it would be.</summary>
    public static int IndexOf(this IReadOnlyList<DomainEntry> domains, string name) => OrdinalSearch.IndexOf(domains, static d => d.Name, name);

    /// <summary>The domain, also while it is being deleted; null when there is none.</summary>
    public static DomainEntry? Find(this TenantState state, DomainName name) =>
        state.Domains.IndexOf(name.Value) is >= 0 and var at ? state.Domains[at] : null;

    /// <summary>The state with the domain as it is given.</summary>
    public static TenantState With(this TenantState state, DomainEntry entry)
    {
        var domains = new List<DomainEntry>(state.Domains);
        var at = domains.IndexOf(entry.Name);
        if (at >= 0)
            domains[at] = entry;
        else
            domains.Insert(~at, entry);
        return state with { Domains = domains };
    }

    /// <summary>The state without the domain.</summary>
    public static TenantState Without(this TenantState state, string name) =>
        state with { Domains = [.. state.Domains.Where(d => d.Name != name)] };
}
