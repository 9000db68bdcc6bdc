namespace OrleansMail.Contracts.Messages;

/// <summary>A mailbox that a message is to be recorded in, and the recipients that led to it.</summary>
/// <param name="Incarnation">The mailbox's.</param>
/// <param name="LocalPart">The mailbox's local part as provisioned.</param>
/// <param name="Recipients">Each recipient of the transaction that led here, at least one; others are never shown.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.recorded-mailbox")]
public sealed record RecordedMailbox(
    [property: Id(0)] Incarnation Incarnation,
    [property: Id(1)] string LocalPart,
    [property: Id(2)] IReadOnlyList<EnvelopeRecipient> Recipients);

/// <summary>A recipient as the client gave it.</summary>
/// <param name="Address">The address the recipient resolved to.</param>
/// <param name="Received">The forward-path as the client wrote it, without brackets.</param>
/// <param name="Tag">The sub-address (RFC 5233), or null.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.envelope-recipient")]
public sealed record EnvelopeRecipient(
    [property: Id(0)] string Address,
    [property: Id(1)] string Received,
    [property: Id(2)] string? Tag);
