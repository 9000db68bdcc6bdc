namespace OrleansMail.Contracts.Messages;

/// <summary>What became of a submission.</summary>
/// <param name="Outcome">Recorded, a repeat, or why not.</param>
/// <param name="Id">The message's id (of its first mailbox); the first try's when it is a repeat; default when nothing is recorded.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.record-receipt")]
public sealed record RecordReceipt([property: Id(0)] RecordOutcome Outcome, [property: Id(1)] MessageId Id);

/// <summary>The outcomes of recording a message.</summary>
[GenerateSerializer, Alias("orleansmail.record-outcome")]
public enum RecordOutcome
{
    /// <summary>The record is on stable storage.</summary>
    Recorded = 0,

    /// <summary>A lost reply made the client send it again (RFC 1047): it was on stable storage before.</summary>
    Repeated = 1,

    /// <summary>The domain moved or a mailbox is gone since RCPT; a retry gets the true answer there (451).</summary>
    Gone = 2,

    /// <summary>Tenant or domain is suspended since RCPT (450).</summary>
    Suspended = 3,
}
