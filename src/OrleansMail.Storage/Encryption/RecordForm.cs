using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Encryption;

/// <summary>What a submission is written as: in the clear, or sealed with its tenant's keys, which are held until it is disposed.</summary>
internal sealed class RecordForm : IDisposable
{
    private readonly TenantDataKeys? tenantKeys;

    private RecordForm(MessageSubmission submission, UInt128[] keys, TenantDataKeys? tenantKeys)
    {
        this.tenantKeys = tenantKeys;
        Submission = submission;
        Keys = keys;
        PayloadChecksum = LogChecksum.Of(submission.Payload.Inline.Span);
    }

    /// <summary>The submission with its payload as it is stored.</summary>
    public MessageSubmission Submission { get; }

    /// <summary>A repeat key for each recipient of each mailbox, in order.</summary>
    public UInt128[] Keys { get; }

    /// <summary>CRC-32C of the payload as it is stored.</summary>
    public uint PayloadChecksum { get; }

    /// <summary>What the record's header says of it.</summary>
    public ushort Flags => tenantKeys is null ? (ushort)0 : LogRecordHeader.Sealed;

    /// <summary>In the clear.</summary>
    public static RecordForm Plain(MessageSubmission submission) => new(submission, RepeatKey.Of(submission), null);

    /// <summary>Sealed.</summary>
    /// <param name="domain">Whose it is.</param>
    /// <param name="submission">The message.</param>
    /// <param name="tenantKeys">The tenant's; the form's from now on, and still the caller's after an exception.</param>
    /// <exception cref="TenantKeyUnavailableException">The keys are gone.</exception>
    public static RecordForm Sealed(DomainKey domain, MessageSubmission submission, TenantDataKeys tenantKeys)
    {
        var keys = SealedRepeatKeys.Of(tenantKeys, RepeatKey.Of(submission));
        var payload = submission.Payload;
        if (payload.ObjectPath is null)
            payload = payload with { Inline = RecordSealer.Seal(tenantKeys, payload.Inline.Span, SealedIdentity.OfPayload(domain, submission.Id)) };
        return new RecordForm(submission with { Payload = payload }, keys, tenantKeys);
    }

    /// <summary>Room for a header, and the metadata with sequences of 0.</summary>
    /// <param name="domain">Whose it is.</param>
    /// <param name="mailboxes">Those of its mailboxes that record it.</param>
    /// <param name="keys">Their recipients' repeat keys.</param>
    /// <exception cref="TenantKeyUnavailableException">The keys are gone.</exception>
    public byte[] Encode(DomainKey domain, IReadOnlyList<RecordedMailbox> mailboxes, ReadOnlySpan<UInt128> keys) =>
        tenantKeys is null
            ? MessageEncoder.Encode(domain, Submission, mailboxes, keys, PayloadChecksum)
            : SealedMessage.Encode(domain, Submission, mailboxes, keys, PayloadChecksum, tenantKeys);

    /// <inheritdoc/>
    public void Dispose() => tenantKeys?.Dispose();
}
