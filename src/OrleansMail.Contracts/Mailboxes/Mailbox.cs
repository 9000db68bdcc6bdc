using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Contracts.Mailboxes;

/// <summary>A mailbox as provisioned.</summary>
/// <param name="LocalPart">Its name, in the case it was given in.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Settings">What was asked for.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mailbox")]
public sealed record Mailbox(
    [property: Id(0)] LocalPart LocalPart,
    [property: Id(1)] DomainName Domain,
    [property: Id(2)] Incarnation Incarnation,
    [property: Id(3)] MailboxSettings Settings);

/// <summary>What is set of a mailbox.</summary>
/// <param name="Suspended">Mail for it is answered 450 4.7.0.</param>
/// <param name="RetentionDays">Days until a message expires; null where the domain's or the tenant's count.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mailbox-settings")]
public sealed record MailboxSettings([property: Id(0)] bool Suspended = false, [property: Id(1)] int? RetentionDays = null);

/// <summary>A mailbox and how full it is.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="Usage">How full it is.</param>
/// <param name="EffectiveRetention">Days until a message of it expires, all rules taken together; null when none does, as under a legal hold.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mailbox-status")]
public sealed record MailboxStatus(
    [property: Id(0)] Mailbox Mailbox,
    [property: Id(1)] MailboxUsage Usage,
    [property: Id(2)] int? EffectiveRetention = null);

/// <summary>A page of a mailbox's messages.</summary>
/// <param name="Mailbox">The mailbox, whose incarnation the cursor carries.</param>
/// <param name="Page">The messages.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mailbox-page")]
public sealed record MailboxPage([property: Id(0)] Mailbox Mailbox, [property: Id(1)] MessagePage Page);

/// <summary>An address, or every address with a prefix, that points at mailboxes.</summary>
/// <param name="Alias">A local part, or a prefix pattern that ends in <c>*</c>.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Targets">Addresses of the same tenant.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mail-alias")]
public sealed record MailAlias(
    [property: Id(0)] string Alias,
    [property: Id(1)] DomainName Domain,
    [property: Id(2)] IReadOnlyList<string> Targets);
