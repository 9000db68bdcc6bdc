using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Logs;

/// <summary>What recovery keeps of a message record.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="Domain">Whose it is.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Size">Octets of raw.</param>
/// <param name="Mailboxes">Where it is.</param>
internal readonly record struct MessageSummary(
    Ulid Id, DomainKey Domain, DateTimeOffset ReceivedAt, long Size, MailboxSummary[] Mailboxes);

/// <summary>A message in one of its mailboxes.</summary>
/// <param name="Incarnation">The mailbox.</param>
/// <param name="Sequence">What it calls the message.</param>
/// <param name="RepeatKeys">One for each recipient that led here.</param>
internal readonly record struct MailboxSummary(Incarnation Incarnation, long Sequence, UInt128[] RepeatKeys);

/// <summary>Reads the metadata of a message. The checksum was right, so what does not fit is a defect and not damage.</summary>
internal static class MessageDecoder
{
    /// <summary>What recovery needs.</summary>
    public static MessageSummary Summarize(ReadOnlySpan<byte> metadata)
    {
        var reader = new MetadataReader(metadata);
        var head = FixedPart.Read(ref reader);
        var mailboxes = new MailboxSummary[head.Mailboxes];
        for (var place = 0; place < mailboxes.Length; place++)
            mailboxes[place] = new MailboxSummary(default, reader.ReadInt64(), []);
        foreach (ref var mailbox in mailboxes.AsSpan())
            mailbox = SummarizeMailbox(ref reader, mailbox.Sequence);
        return new MessageSummary(head.Id, head.Domain, head.ReceivedAt, head.Size, mailboxes);
    }

    /// <summary>The message as it stands in one of its mailboxes; null when the record has none at that place.</summary>
    /// <param name="metadata">As read.</param>
    /// <param name="place">Index of the mailbox.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="path">The log's path.</param>
    /// <param name="payloadAt">Where the payload begins in the log.</param>
    /// <param name="domain">Whose it is.</param>
    public static StoredMessage? Decode(ReadOnlySpan<byte> metadata, int place, string store, string path, long payloadAt, out DomainKey domain)
    {
        var reader = new MetadataReader(metadata);
        var head = FixedPart.Read(ref reader);
        domain = head.Domain;
        if ((uint)place >= (uint)head.Mailboxes)
            return null;
        var sequence = 0L;
        for (var i = 0; i < head.Mailboxes; i++)
        {
            var value = reader.ReadInt64();
            sequence = i == place ? value : sequence;
        }

        var mailbox = ReadMailboxes(ref reader, head.Mailboxes, place);
        var reversePath = reader.ReadString() ?? "";
        var session = ReadSession(ref reader);
        var headers = ReadHeaders(ref reader);
        var location = reader.ReadString() is { } objectPath
            ? new PayloadLocation(store, objectPath, 0, head.Size)
            : new PayloadLocation(store, path, payloadAt, head.Size);
        return new StoredMessage(
            new MessageId(head.Id, head.Domain.Number, place), sequence, head.ReceivedAt, reversePath, mailbox, session, headers,
            head.Flags, head.Size, head.TraceLength, head.Sha256, head.ContentSha256, location);
    }

    private static MailboxSummary SummarizeMailbox(ref MetadataReader reader, long sequence)
    {
        var incarnation = new Incarnation(reader.ReadUlid());
        reader.SkipString();
        var keys = new UInt128[reader.ReadUInt16()];
        for (var i = 0; i < keys.Length; i++)
        {
            reader.SkipString();
            reader.SkipString();
            reader.SkipString();
            keys[i] = ReadKey(ref reader);
        }

        return new MailboxSummary(incarnation, sequence, keys);
    }

    private static RecordedMailbox ReadMailboxes(ref MetadataReader reader, int count, int wanted)
    {
        RecordedMailbox? found = null;
        for (var place = 0; place < count; place++)
        {
            var mailbox = place == wanted ? found = ReadMailbox(ref reader) : null;
            if (mailbox is null)
                SummarizeMailbox(ref reader, 0);
        }

        return found!;
    }

    private static RecordedMailbox ReadMailbox(ref MetadataReader reader)
    {
        var incarnation = new Incarnation(reader.ReadUlid());
        var localPart = reader.ReadString() ?? "";
        var recipients = new EnvelopeRecipient[reader.ReadUInt16()];
        for (var i = 0; i < recipients.Length; i++)
        {
            recipients[i] = new EnvelopeRecipient(reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString());
            ReadKey(ref reader);
        }

        return new RecordedMailbox(incarnation, localPart, recipients);
    }

    private static UInt128 ReadKey(ref MetadataReader reader)
    {
        var lower = (ulong)reader.ReadInt64();
        return new UInt128((ulong)reader.ReadInt64(), lower);
    }

    private static SessionFacts ReadSession(ref MetadataReader reader)
    {
        var helo = reader.ReadString() ?? "";
        var remoteAddress = reader.ReadString();
        var protocol = reader.ReadString() ?? "";
        return new SessionFacts(helo, remoteAddress, protocol, ReadTls(ref reader));
    }

    private static TlsFacts? ReadTls(ref MetadataReader reader)
    {
        var kind = reader.ReadByte(); // 0: plaintext, 1: TLS, 2: TLS with a client certificate
        if (kind == 0)
            return null;
        var tls = new TlsFacts(reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString());
        return kind == 2 ? tls with { ClientCertificate = new ClientCertificateFacts(reader.ReadString() ?? "", reader.ReadString() ?? "") } : tls;
    }

    private static HeaderField[] ReadHeaders(ref MetadataReader reader)
    {
        var headers = new HeaderField[reader.ReadByte()];
        for (var i = 0; i < headers.Length; i++)
            headers[i] = new HeaderField((HeaderName)reader.ReadByte(), reader.ReadBytes().ToArray());
        return headers;
    }

    private readonly record struct FixedPart(
        int Mailboxes, DomainKey Domain, Ulid Id, DateTimeOffset ReceivedAt, MessageFlags Flags, int TraceLength, long Size, byte[] Sha256, byte[] ContentSha256)
    {
        public static FixedPart Read(ref MetadataReader reader)
        {
            reader.ReadUInt16();
            var mailboxes = reader.ReadUInt16();
            var number = (int)reader.ReadUInt32();
            var domain = new DomainKey(new(reader.ReadUlid()), new(reader.ReadUlid()), number);
            var id = reader.ReadUlid();
            var receivedAt = reader.ReadTime();
            var flags = (MessageFlags)reader.ReadUInt32();
            var traceLength = (int)reader.ReadUInt32();
            var size = reader.ReadInt64();
            var sha256 = reader.ReadFixed(MessageEncoder.HashSize).ToArray();
            var contentSha256 = reader.ReadFixed(MessageEncoder.HashSize).ToArray();
            reader.ReadFixed(MessageEncoder.HashSize);
            return new FixedPart(mailboxes, domain, id, receivedAt, flags, traceLength, size, sha256, contentSha256);
        }
    }
}
