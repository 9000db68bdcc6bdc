using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>Answers for one local part of one domain, aliases not followed.</summary>
internal static class AddressLookup
{
    /// <summary>The mailbox that a local part leads to, the addresses its alias points at, or why it leads to nothing.</summary>
    public static Resolution Find(ServedDomain domain, IAddressBook book, LocalPart localPart)
    {
        if (!domain.Owned)
            return Resolution.Refused(ResolutionOutcome.DomainUnknown);
        if (domain.Suspended)
            return Resolution.Refused(ResolutionOutcome.Suspended);
        var accepted = ResolutionOutcome.Accepted;
        if (domain.Settings.Rehearsals && Rehearsal(localPart) is { } rehearsed)
        {
            if (rehearsed != ResolutionOutcome.RehearsedDelay)
                return Resolution.Refused(rehearsed);
            accepted = rehearsed;
        }

        var match = AddressResolver.Find(domain.Settings, book, localPart);
        if (match.Mailbox is { } mailbox)
            return Deliver(domain, mailbox, match.Tag, accepted);
        return match.Alias is { } alias
            ? new(accepted, [], match.Tag, domain.Configuration.MaxMessageBytes, alias.Targets)
            : Resolution.Refused(ResolutionOutcome.MailboxUnknown);
    }

    private static Resolution Deliver(ServedDomain domain, MailboxEntry mailbox, string? tag, ResolutionOutcome accepted) =>
        mailbox.Settings.Suspended
            ? Resolution.Refused(ResolutionOutcome.Suspended)
            : new(
                accepted,
                [new(domain.Name, domain.Configuration.Domain.Key, mailbox.LocalPart, new(mailbox.Incarnation)) { Place = domain.Configuration.Place }],
                tag,
                domain.Configuration.MaxMessageBytes);

    private static ResolutionOutcome? Rehearsal(LocalPart localPart) => localPart.Key switch
    {
        "550" => ResolutionOutcome.MailboxUnknown,
        "450" => ResolutionOutcome.RehearsedDeferral,
        "quota" => ResolutionOutcome.RehearsedQuota,
        "slow" => ResolutionOutcome.RehearsedDelay,
        _ => null,
    };
}
