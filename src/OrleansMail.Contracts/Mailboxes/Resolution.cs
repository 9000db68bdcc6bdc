using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Contracts.Mailboxes;

/// <summary>The answer to RCPT: a pure function of the domain's settings, mailboxes and aliases.</summary>
/// <param name="Outcome">Whether the recipient is accepted, or why not.</param>
/// <param name="Targets">The mailboxes it leads to, each once; empty unless accepted.</param>
/// <param name="Tag">The sub-address, or null.</param>
/// <param name="MaxMessageBytes">The tenant's limit on a message; null when it has none.</param>
/// <param name="Onward">Only between mailboxes grains that expand an alias together: the addresses an alias points at, not yet followed.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.resolution")]
public sealed record Resolution(
    [property: Id(0)] ResolutionOutcome Outcome,
    [property: Id(1)] IReadOnlyList<ResolvedMailbox> Targets,
    [property: Id(2)] string? Tag = null,
    [property: Id(3)] long? MaxMessageBytes = null,
    [property: Id(4)] IReadOnlyList<string>? Onward = null)
{
    /// <summary>A resolution that leads nowhere.</summary>
    public static Resolution Refused(ResolutionOutcome outcome) => new(outcome, []);
}

/// <summary>A mailbox that a recipient leads to.</summary>
/// <param name="Domain">The domain it is in, of the same tenant.</param>
/// <param name="Key">That domain's incarnation and number.</param>
/// <param name="LocalPart">The mailbox as provisioned.</param>
/// <param name="Incarnation">The mailbox's incarnation.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.resolved-mailbox")]
public sealed record ResolvedMailbox(
    [property: Id(0)] DomainName Domain,
    [property: Id(1)] DomainKey Key,
    [property: Id(2)] string LocalPart,
    [property: Id(3)] Incarnation Incarnation)
{
    /// <summary>Where its mail is kept.</summary>
    [Id(4)]
    public MailPlace Place { get; init; }
}

/// <summary>The outcomes of resolving a recipient, with the reply each gets.</summary>
[GenerateSerializer, Alias("orleansmail.resolution-outcome")]
public enum ResolutionOutcome
{
    /// <summary>250 2.1.5.</summary>
    Accepted = 0,

    /// <summary>550 5.1.1: no such mailbox.</summary>
    MailboxUnknown = 1,

    /// <summary>550 5.7.1: nobody here receives mail for the domain.</summary>
    DomainUnknown = 2,

    /// <summary>450 4.7.0: tenant, domain or mailbox is suspended.</summary>
    Suspended = 3,

    /// <summary>452 4.5.3: an alias leads to more mailboxes than one message may.</summary>
    TooManyMailboxes = 4,

    /// <summary>550 5.4.6: an alias leads back to itself.</summary>
    AliasLoop = 5,

    /// <summary>450 4.2.1: a rehearsed temporary failure.</summary>
    RehearsedDeferral = 6,

    /// <summary>452 4.2.2: a rehearsed full mailbox.</summary>
    RehearsedQuota = 7,

    /// <summary>250, late: a rehearsed slow answer.</summary>
    RehearsedDelay = 8,
}
