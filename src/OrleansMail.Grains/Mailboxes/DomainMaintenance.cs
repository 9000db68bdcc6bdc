using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>What a domain needs from time to time.</summary>
internal static class DomainMaintenance
{
    /// <summary>The retention of a domain, with the mailboxes that have days of their own.</summary>
    public static RetentionPolicy PolicyOf(ServedDomain domain)
    {
        var mailboxes = new Dictionary<Incarnation, int?>();
        foreach (var (_, mailbox) in domain.Directory.Mailboxes.Entries)
        {
            if (mailbox.Settings.RetentionDays is { } days)
                mailboxes[new(mailbox.Incarnation)] = days;
        }

        return new(domain.Configuration.RetentionDays, mailboxes, domain.Configuration.Hold);
    }

    /// <summary>The keys of mailboxes whose deletion broke off.</summary>
    public static string[] Unfinished(ServedDomain domain) =>
        [.. domain.Directory.Mailboxes.Entries.Where(static e => e.Value.Deleting).Select(static e => e.Key)];

    /// <inheritdoc cref="IMailboxesGrain.MaintainAsync"/>
    public static ValueTask<MaintenanceReport> MaintainAsync(ServedDomain domain, CancellationToken cancellationToken) =>
        domain.Partition.MaintainAsync(domain.Configuration.Domain.Key, PolicyOf(domain), cancellationToken);
}
