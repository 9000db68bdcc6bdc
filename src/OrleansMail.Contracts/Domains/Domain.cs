using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Domains;

/// <summary>A domain of a tenant as provisioned.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">Its incarnation and number.</param>
/// <param name="Status">Whether it receives mail.</param>
/// <param name="Challenge">The TXT record's value that proves it; null once verified.</param>
/// <param name="Settings">What was asked for.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.domain-record")]
public sealed record Domain(
    [property: Id(0)] DomainName Name,
    [property: Id(1)] DomainKey Key,
    [property: Id(2)] DomainStatus Status,
    [property: Id(3)] string? Challenge,
    [property: Id(4)] DomainSettings Settings);

/// <summary>What is set of a domain.</summary>
/// <param name="CatchAll">Local part of the mailbox or alias that takes unknown recipients; null refuses them.</param>
/// <param name="Subaddressing">The separator of sub-addresses (RFC 5233), <c>+</c> by default; null when the domain has none.</param>
/// <param name="Suspended">Mail for it is answered 450 4.7.0.</param>
/// <param name="ExactCase">Whether local parts are compared by case too.</param>
/// <param name="Rehearsals">Whether local parts that name a failure (<c>550</c>, <c>450</c>, <c>quota</c>, <c>slow</c>) show it: for trying a sender out.</param>
/// <param name="RetentionDays">Days until a message expires where its mailbox has no time of its own; null where the tenant's counts.</param>
/// <param name="LegalHold">Nothing expires, and what is deleted stays in the store, hidden. In a change null leaves it as it is.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.domain-settings")]
public sealed record DomainSettings(
    [property: Id(0)] string? CatchAll = null,
    [property: Id(1)] string? Subaddressing = "+",
    [property: Id(2)] bool Suspended = false,
    [property: Id(3)] bool ExactCase = false,
    [property: Id(4)] bool Rehearsals = false,
    [property: Id(5)] int? RetentionDays = null,
    [property: Id(6)] bool? LegalHold = null);

/// <summary>Whether a domain receives mail.</summary>
[GenerateSerializer, Alias("orleansmail.domain-status")]
public enum DomainStatus
{
    /// <summary>Claimed, not proven: it owns nothing yet.</summary>
    Pending = 0,

    /// <summary>Owned: it receives mail.</summary>
    Verified = 1,

    /// <summary>Owned, and mail is deferred.</summary>
    Suspended = 2,
}

/// <summary>What the mailboxes grain of a domain works by: the domain, and what of its tenant bears on it.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Domain">The domain.</param>
/// <param name="TenantSuspended">Whether the tenant as a whole is suspended.</param>
/// <param name="MaxMessageBytes">The tenant's limit; null when it has none.</param>
/// <param name="MailboxLimit">Mailboxes the tenant may have in all its domains; null for no limit.</param>
/// <param name="RetentionDays">Days until a message expires where its mailbox has no time of its own: the domain's, or the tenant's.</param>
/// <param name="Hold">A legal hold of the tenant or of the domain.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.domain-configuration")]
public sealed record DomainConfiguration(
    [property: Id(0)] TenantId Tenant,
    [property: Id(1)] Domain Domain,
    [property: Id(2)] bool TenantSuspended,
    [property: Id(3)] long? MaxMessageBytes,
    [property: Id(4)] long? MailboxLimit = null,
    [property: Id(5)] int? RetentionDays = null,
    [property: Id(6)] bool Hold = false)
{
    /// <summary>Where the tenant's mail is kept.</summary>
    [Id(7)]
    public MailPlace Place { get; init; }
}
