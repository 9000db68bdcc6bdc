using System.Collections.Concurrent;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// What the mailboxes grains of this silo work by, for callers beside them: a call to the grain took a tenth of the time of a message, with two changes of
/// threads. Only what is recorded goes this way; a grain that would refuse is asked itself, since it may just be changing.
/// </summary>
internal sealed class LocalDomains : ILocalMailboxes
{
    private readonly ConcurrentDictionary<(TenantId Tenant, DomainName Domain), ServedDomain> served = new();

    /// <inheritdoc/>
    public Task<RecordReceipt>? TryRecordAsync(TenantId tenant, DomainName domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        served.TryGetValue((tenant, domain), out var known) ? MailboxMessages.TryRecordAsync(known, submission, cancellationToken) : null;

    /// <summary>A grain of this silo works by another state from now on, or is none any more.</summary>
    public void Set((TenantId Tenant, DomainName Domain) grain, ServedDomain? domain)
    {
        if (domain is null)
            served.TryRemove(grain, out _);
        else
            served[grain] = domain;
    }
}
