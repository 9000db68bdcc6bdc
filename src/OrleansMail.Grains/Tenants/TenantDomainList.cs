using OrleansMail.Contracts.Domains;

namespace OrleansMail.Grains.Tenants;

/// <summary>The sorted list of a tenant's domains.</summary>
internal static class TenantDomainList
{
    /// <summary>Where the domain is, or the complement of where it would be.</summary>
    public static int IndexOf(this IReadOnlyList<DomainEntry> domains, string name)
    {
        var (low, high) = (0, domains.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(domains[middle].Name, name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

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
