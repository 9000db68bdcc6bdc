using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Partitions;

/// <summary>A submission on its way into the log; its task is what the caller awaits.</summary>
/// <param name="domain">Whose it is.</param>
/// <param name="submission">The message; its payload is written from where it lies.</param>
/// <param name="keys">A repeat key for each recipient of each mailbox, in order.</param>
/// <param name="record">Room for a header, and the metadata for all mailboxes.</param>
/// <param name="payloadChecksum">Of the inline payload.</param>
internal sealed class PendingRecord(DomainKey domain, MessageSubmission submission, UInt128[] keys, byte[] record, uint payloadChecksum)
    : TaskCompletionSource<RecordReceipt>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public DomainKey Domain => domain;

    public MessageSubmission Submission => submission;

    public uint PayloadChecksum => payloadChecksum;

    /// <summary>Octets it takes in a batch, about.</summary>
    public int Size { get; } = record.Length + submission.Payload.Inline.Length;

    /// <summary>Header and metadata as they are written.</summary>
    public byte[] Record { get; set; } = record;

    /// <summary>The mailboxes that record it: all, or those that no earlier record answers for.</summary>
    public IReadOnlyList<RecordedMailbox> Mailboxes { get; set; } = submission.Mailboxes;

    /// <summary>The keys of <see cref="Mailboxes"/>' recipients.</summary>
    public UInt128[] Keys { get; set; } = keys;

    /// <summary>Earlier records that answer for the other mailboxes.</summary>
    public IReadOnlyList<Ulid> AnsweredBy { get; set; } = [];

    /// <summary>The indexes of <see cref="Mailboxes"/>, and what each calls the message.</summary>
    public (MailboxIndex Index, long Sequence)[] Targets { get; set; } = [];

    /// <summary>Where it is, from the beginning of its batch.</summary>
    public int Offset { get; set; }

    /// <summary>The answer, once its batch is durable.</summary>
    public RecordReceipt? Receipt { get; set; }
}
