using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Grains.Partitions;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>All that a mailboxes grain works by at one moment. A call keeps the one it began with.</summary>
internal sealed record ServedDomain(DomainConfiguration Configuration, MailboxDirectory Directory, PartitionClient Partition)
{
    /// <summary>The domain's name.</summary>
    public DomainName Name => Configuration.Domain.Name;

    /// <summary>The domain's settings.</summary>
    public DomainSettings Settings => Configuration.Domain.Settings;

    /// <summary>Whether the name is owned: a claim alone receives nothing.</summary>
    public bool Owned => Configuration.Domain.Status != DomainStatus.Pending;

    /// <summary>Whether its mail is deferred.</summary>
    public bool Suspended => Configuration.TenantSuspended || Configuration.Domain.Status == DomainStatus.Suspended;

    /// <summary>Days until a message of a mailbox expires; null when none does.</summary>
    public int? Retention(MailboxEntry entry) => Configuration.Hold ? null : entry.Settings.RetentionDays ?? Configuration.RetentionDays;

    /// <summary>The form in which the domain compares a local part.</summary>
    public string Key(LocalPart localPart) => AddressResolver.Key(Settings, localPart);

    /// <summary>The mailbox of exactly that name.</summary>
    public MailboxEntry? Find(LocalPart mailbox) => Directory.FindMailbox(Key(mailbox));

    /// <summary>As the contract shows it.</summary>
    public Mailbox Show(MailboxEntry entry) =>
        new(LocalPart.TryFromValue(entry.LocalPart, out var name) ? name : default, Name, new(entry.Incarnation), entry.Settings);
}
