using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Logs;

/// <summary>What a CHANGE or TOMBSTONE record says: a message was deleted, or a mailbox or a domain has ended.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="At">When.</param>
/// <param name="Mailbox">The mailbox; null when the whole domain has ended.</param>
/// <param name="Record">The deleted message's record; null when all of the mailbox has ended.</param>
/// <param name="Sequence">What the mailbox calls the deleted message.</param>
/// <param name="Size">Octets of raw of it.</param>
internal sealed record ChangeRecord(DomainKey Domain, DateTimeOffset At, Incarnation? Mailbox, Ulid? Record, long Sequence, long Size)
{
    /// <summary>The kind of its log record.</summary>
    public LogRecordType Type => Record is null ? LogRecordType.Tombstone : LogRecordType.Change;

    public byte[] Encode(MetadataWriter writer)
    {
        writer.Reset();
        writer.WriteByte(Mailbox is null ? (byte)0 : Record is null ? (byte)1 : (byte)2);
        writer.WriteUlid(Domain.Tenant.Value);
        writer.WriteUlid(Domain.Domain.Value);
        writer.WriteUInt32((uint)Domain.Number);
        writer.WriteInt64(At.UtcTicks);
        if (Mailbox is { } mailbox)
            writer.WriteUlid(mailbox.Value);
        if (Record is { } record)
        {
            writer.WriteUlid(record);
            writer.WriteInt64(Sequence);
            writer.WriteInt64(Size);
        }

        return writer.ToRecord(LogChecksum.Of([]));
    }

    /// <exception cref="InvalidDataException">It is of a kind that this version does not know.</exception>
    public static ChangeRecord Decode(ReadOnlySpan<byte> metadata)
    {
        var reader = new MetadataReader(metadata);
        var kind = reader.ReadByte();
        var domain = new DomainKey(new(reader.ReadUlid()), new(reader.ReadUlid()), (int)reader.ReadUInt32());
        var at = reader.ReadTime();
        return kind switch
        {
            0 => new ChangeRecord(domain, at, null, null, 0, 0),
            1 => new ChangeRecord(domain, at, new Incarnation(reader.ReadUlid()), null, 0, 0),
            2 => new ChangeRecord(domain, at, new Incarnation(reader.ReadUlid()), reader.ReadUlid(), reader.ReadInt64(), reader.ReadInt64()),
            _ => throw new InvalidDataException("A change of a later version."),
        };
    }
}
