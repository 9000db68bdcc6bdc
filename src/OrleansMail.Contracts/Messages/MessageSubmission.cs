namespace OrleansMail.Contracts.Messages;

/// <summary>One message for the mailboxes of one domain, ready to be recorded. Repeating the call with the same <see cref="Id"/> is safe.</summary>
/// <param name="Id">Chosen by the gateway before the first try and kept for each further one.</param>
/// <param name="ReceivedAt">When the gateway read the end of the data.</param>
/// <param name="ReversePath">The envelope sender without brackets; empty for the null path (RFC 5321 §4.5.5).</param>
/// <param name="Mailboxes">The mailboxes it goes to, each once, at least one.</param>
/// <param name="Session">The session's facts.</param>
/// <param name="Headers">The kept header fields, first occurrence of each.</param>
/// <param name="Flags">Oddities seen while receiving.</param>
/// <param name="Payload">The payload or its reference.</param>
/// <param name="SessionRecords">
/// What the same session recorded before and whose reply was not seen to arrive yet: the session is alive, so none of it was lost, and
/// this message is not a repeat of it.
/// </param>
[GenerateSerializer, Immutable, Alias("orleansmail.message-submission")]
public sealed record MessageSubmission(
    [property: Id(0)] Ulid Id,
    [property: Id(1)] DateTimeOffset ReceivedAt,
    [property: Id(2)] string ReversePath,
    [property: Id(3)] IReadOnlyList<RecordedMailbox> Mailboxes,
    [property: Id(4)] SessionFacts Session,
    [property: Id(5)] IReadOnlyList<HeaderField> Headers,
    [property: Id(6)] MessageFlags Flags,
    [property: Id(7)] Payload Payload,
    [property: Id(8)] IReadOnlyList<Ulid> SessionRecords)
{
    /// <summary>
    /// Records of this domain whose replies were seen to arrive since the last call, of this session and others: noted before repeats are
    /// recognised, as if told by a call of their own. Whoever gets no receipt that this was recorded or repeated has to tell them again.
    /// </summary>
    [Id(9)]
    public IReadOnlyList<Ulid> Seen { get; init; } = [];

    /// <summary>Whether it may be stored only sealed by the tenant's key. Set behind the gateway, from the tenant's settings.</summary>
    [Id(10)]
    public bool Sealed { get; init; }
}
