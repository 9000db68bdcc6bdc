using System.Collections.Concurrent;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway;

/// <summary>References to the mailboxes grains in use: making one for each call took a twentieth of the time of a message.</summary>
internal sealed class MailboxesGrains(IGrainFactory grains)
{
    private const int MaxReferences = 16_384;
    private readonly ConcurrentDictionary<(TenantId, DomainName), IMailboxesGrain> references = new();
    private int count;

    /// <summary>The mailboxes of a domain of a tenant.</summary>
    public IMailboxesGrain Get(TenantId tenant, DomainName domain)
    {
        if (references.TryGetValue((tenant, domain), out var known))
            return known;
        if (Interlocked.Increment(ref count) > MaxReferences)
        {
            references.Clear(); // a reference is cheap to make again; what is bounded is how many a stranger can have us keep
            Interlocked.Exchange(ref count, 1);
        }

        return references.GetOrAdd((tenant, domain), grains.GetMailboxes(tenant, domain));
    }
}
