using System.Buffers.Binary;
using System.IO.Hashing;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Logs;

/// <summary>Writes the metadata of a message (docs/storage-format.md). The sequences lie at a fixed place: they are known last.</summary>
internal static class MessageEncoder
{
    /// <summary>Octets of a SHA-256.</summary>
    public const int HashSize = 32;

    private const int SequencesAt = LogRecordHeader.Size + 176;

    [ThreadStatic]
    private static MetadataWriter? writer;

    /// <summary>Room for a header, and the metadata with sequences of 0.</summary>
    /// <param name="domain">Whose it is.</param>
    /// <param name="submission">The message.</param>
    /// <param name="mailboxes">Those of its mailboxes that record it.</param>
    /// <param name="keys">A repeat key for each recipient of each of these mailboxes, in order.</param>
    /// <param name="payloadChecksum">CRC-32C of the inline payload.</param>
    public static byte[] Encode(
        DomainKey domain, MessageSubmission submission, IReadOnlyList<RecordedMailbox> mailboxes, ReadOnlySpan<UInt128> keys, uint payloadChecksum)
    {
        var target = writer ??= new MetadataWriter();
        target.Reset();
        WriteFixedPart(target, domain, submission, mailboxes.Count);
        foreach (var mailbox in mailboxes)
            keys = WriteMailbox(target, mailbox, keys);
        target.WriteString(submission.ReversePath);
        WriteSession(target, submission.Session);
        target.WriteByte((byte)submission.Headers.Count);
        foreach (var header in submission.Headers)
        {
            target.WriteByte((byte)header.Name);
            target.WriteBytes(header.Value.Span);
        }

        target.WriteString(submission.Payload.ObjectPath);
        return target.ToRecord(payloadChecksum);
    }

    /// <summary>Fills in what a mailbox calls the message.</summary>
    public static void SetSequence(Span<byte> record, int place, long sequence) =>
        BinaryPrimitives.WriteInt64LittleEndian(record[(SequencesAt + (place * sizeof(long)))..], sequence);

    /// <summary>What the header says of a record's first mailbox.</summary>
    public static ulong MailboxHash(RecordedMailbox mailbox)
    {
        Span<byte> key = stackalloc byte[16];
        mailbox.Incarnation.Value.TryWriteBytes(key);
        return XxHash64.HashToUInt64(key);
    }

    private static void WriteFixedPart(MetadataWriter target, DomainKey domain, MessageSubmission submission, int mailboxes)
    {
        var payload = submission.Payload;
        target.WriteUInt16(0);
        target.WriteUInt16(checked((ushort)mailboxes));
        target.WriteUInt32((uint)domain.Number);
        target.WriteUlid(domain.Tenant.Value);
        target.WriteUlid(domain.Domain.Value);
        target.WriteUlid(submission.Id);
        target.WriteInt64(submission.ReceivedAt.UtcTicks);
        target.WriteUInt32((uint)submission.Flags);
        target.WriteUInt32((uint)payload.TraceLength);
        target.WriteInt64(payload.Size);
        target.WriteFixed(payload.Sha256.Span, HashSize);
        target.WriteFixed(payload.ContentSha256.Span, HashSize);
        target.WriteFixed(payload.RepeatSha256.Span, HashSize);
        for (var place = 0; place < mailboxes; place++)
            target.WriteInt64(0);
    }

    private static ReadOnlySpan<UInt128> WriteMailbox(MetadataWriter target, RecordedMailbox mailbox, ReadOnlySpan<UInt128> keys)
    {
        target.WriteUlid(mailbox.Incarnation.Value);
        target.WriteString(mailbox.LocalPart);
        target.WriteUInt16(checked((ushort)mailbox.Recipients.Count));
        for (var i = 0; i < mailbox.Recipients.Count; i++)
        {
            var recipient = mailbox.Recipients[i];
            target.WriteString(recipient.Address);
            target.WriteString(recipient.Received);
            target.WriteString(recipient.Tag);
            target.WriteInt64((long)(ulong)keys[i]);
            target.WriteInt64((long)(ulong)(keys[i] >> 64));
        }

        return keys[mailbox.Recipients.Count..];
    }

    private static void WriteSession(MetadataWriter target, SessionFacts session)
    {
        target.WriteString(session.Helo);
        target.WriteString(session.RemoteAddress);
        target.WriteString(session.Protocol);
        target.WriteByte(session.Tls is null ? (byte)0 : session.Tls.ClientCertificate is null ? (byte)1 : (byte)2);
        if (session.Tls is not { } tls)
            return;
        target.WriteString(tls.Version);
        target.WriteString(tls.Cipher);
        target.WriteString(tls.ServerName);
        if (tls.ClientCertificate is not { } certificate)
            return;
        target.WriteString(certificate.Subject);
        target.WriteString(certificate.Fingerprint);
    }
}
