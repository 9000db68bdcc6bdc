using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Recipients;

/// <summary>Makes the operator's mailbox where it is absent, and leaves it otherwise as it is. Each step can be repeated, by any number of silos.</summary>
internal sealed class OperatorMailboxKeeper(IGrainFactory grains)
{
    /// <summary>Completes when the mailbox is there.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var tenant = grains.GetTenant(OperatorMailbox.Tenant);
        if (await tenant.GetAsync(cancellationToken) is null)
            await tenant.PutAsync(new TenantSettings("Operator", Suspended: false, new TenantLimits()), null, cancellationToken);
        if (await tenant.GetDomainAsync(OperatorMailbox.Domain, cancellationToken) is null)
            await tenant.PutDomainAsync(OperatorMailbox.Domain, new DomainSettings(), null, cancellationToken);
        var mailboxes = grains.GetMailboxes(OperatorMailbox.Tenant, OperatorMailbox.Domain);
        if (await mailboxes.GetMailboxAsync(OperatorMailbox.Mailbox, cancellationToken) is null)
            await mailboxes.PutMailboxAsync(OperatorMailbox.Mailbox, new MailboxSettings(), null, cancellationToken);
    }
}
