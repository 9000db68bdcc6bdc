using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api.Lists;

/// <summary>The names by which a domain orders its mailboxes and aliases, needed for the position behind a last page.</summary>
internal static class Ordering
{
    /// <summary>Whether the domain tells case apart. Asks only for a page that is the last one and not empty.</summary>
    public static async ValueTask<bool> IsExactAsync<T>(
        IGrainFactory grains, TenantId tenant, DomainName domain, Page<T> page, CancellationToken cancellationToken) =>
        page is { Next: null, Items.Count: > 0 }
        && (await grains.GetTenant(tenant).GetDomainAsync(domain, cancellationToken))?.Value.Settings.ExactCase == true;

    /// <summary>The name of a local part in the domain's order.</summary>
    public static string NameOf(LocalPart localPart, bool exact) => exact ? localPart.Value : localPart.Key;
}
