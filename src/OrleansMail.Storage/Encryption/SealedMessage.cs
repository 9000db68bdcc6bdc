using System.Buffers.Binary;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// The metadata of an encrypted tenant's message: a shadow that says what recovery and counting need and nothing of what the message says, then
/// the real metadata, sealed: <c>shadow | sealed | u32 octets of sealed | u32 payload checksum</c>. The shadow has the layout of a message
/// (docs/storage-format.md), so what only summarizes needs no key.
/// </summary>
internal static class SealedMessage
{
    private const int MailboxesAt = 2;
    private const int IdentityAt = 8; // tenant, domain and record: ULIDs
    private const int IdentitySize = 48;
    private const int SequencesAt = 176;

    private static readonly byte[] NoHash = new byte[MessageEncoder.HashSize];
    private static readonly SessionFacts NoSession = new("", null, "", null);

    /// <summary>Room for a header, and the metadata with sequences of 0, as <see cref="MessageEncoder.Encode"/> gives it.</summary>
    /// <param name="domain">Whose it is.</param>
    /// <param name="submission">The message.</param>
    /// <param name="mailboxes">Those of its mailboxes that record it.</param>
    /// <param name="keys">Repeat keys, of <see cref="SealedRepeatKeys"/>.</param>
    /// <param name="storedPayloadChecksum">CRC-32C of the payload as stored, that is sealed.</param>
    /// <param name="tenantKeys">The tenant's.</param>
    public static byte[] Encode(
        DomainKey domain,
        MessageSubmission submission,
        IReadOnlyList<RecordedMailbox> mailboxes,
        ReadOnlySpan<UInt128> keys,
        uint storedPayloadChecksum,
        TenantDataKeys tenantKeys)
    {
        var real = MessageEncoder.Encode(domain, submission, mailboxes, keys, 0).AsSpan(LogRecordHeader.Size..^LogRecordHeader.PayloadChecksumSize);
        var shadow = MessageEncoder.Encode(domain, ShadowOf(submission), [.. mailboxes.Select(ShadowOf)], keys, 0)
            .AsSpan(..^LogRecordHeader.PayloadChecksumSize);
        var sealedReal = RecordSealer.Seal(tenantKeys, real, Identity(real));
        var record = new byte[shadow.Length + sealedReal.Length + (2 * sizeof(uint))];
        shadow.CopyTo(record);
        sealedReal.CopyTo(record, shadow.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^8..), (uint)sealedReal.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^4..), storedPayloadChecksum);
        return record;
    }

    /// <summary>The real metadata, with the sequences of the shadow, to be read by <see cref="MessageDecoder.Decode"/>.</summary>
    /// <param name="metadata">As read, with the payload's checksum at its end.</param>
    /// <param name="tenantKeys">The tenant's.</param>
    /// <exception cref="PayloadDamagedException">It is not what was sealed for this record of this domain.</exception>
    /// <exception cref="TenantKeyUnavailableException">It was sealed by a version that is not known here, or the keys are gone.</exception>
    public static byte[] Open(ReadOnlySpan<byte> metadata, TenantDataKeys tenantKeys)
    {
        const int Tail = 2 * sizeof(uint);
        if (metadata.Length < SequencesAt + Tail)
            throw new PayloadDamagedException("Sealed metadata is too short.");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(metadata[^Tail..]);
        if (length > metadata.Length - SequencesAt - Tail)
            throw new PayloadDamagedException("Sealed metadata is longer than its record.");
        var real = RecordSealer.Open(tenantKeys, metadata[^(int)(Tail + length)..^Tail], Identity(metadata));
        var sequences = BinaryPrimitives.ReadUInt16LittleEndian(metadata[MailboxesAt..]) * sizeof(long);
        if (!real.AsSpan(MailboxesAt, sizeof(ushort)).SequenceEqual(metadata.Slice(MailboxesAt, sizeof(ushort)))
            || sequences > metadata.Length - SequencesAt - Tail - length)
            throw new PayloadDamagedException("Sealed metadata is not of its record.");
        metadata.Slice(SequencesAt, sequences).CopyTo(real.AsSpan(SequencesAt));
        return real;
    }

    private static byte[] Identity(ReadOnlySpan<byte> metadata) => [.. metadata.Slice(IdentityAt, IdentitySize), (byte)'M'];

    private static MessageSubmission ShadowOf(MessageSubmission submission) => submission with
    {
        ReversePath = "",
        Session = NoSession,
        Headers = [],
        Payload = new Payload(submission.Payload.Size, 0, NoHash, NoHash, NoHash, default, null),
    };

    private static RecordedMailbox ShadowOf(RecordedMailbox mailbox) =>
        new(mailbox.Incarnation, "", [.. mailbox.Recipients.Select(_ => new EnvelopeRecipient("", "", null))]);
}
