using System.Buffers.Binary;

namespace OrleansMail.Storage.Logs;

/// <summary>The first 48 octets of a log record (docs/storage-format.md); metadata follows, then the payload, then zeros up to a multiple of 8.</summary>
/// <param name="Length">Octets of the whole record, a multiple of 8.</param>
/// <param name="Checksum">CRC-32C, salted, of everything from octet 8 to the end of the metadata.</param>
/// <param name="Sequence">The record's number in its partition, one more than its predecessor's.</param>
/// <param name="Epoch">The owner's.</param>
/// <param name="Batch">The number of the append it came with.</param>
/// <param name="MailboxHash">Of its first mailbox; 0 when it concerns none.</param>
/// <param name="Type">What it is.</param>
/// <param name="Flags"><see cref="LastOfBatch"/> and <see cref="Sealed"/>; the others are free.</param>
/// <param name="MetadataLength">Octets of metadata, whose last four are the payload's checksum.</param>
/// <param name="PayloadLength">Octets of payload.</param>
internal readonly record struct LogRecordHeader(
    int Length,
    uint Checksum,
    long Sequence,
    uint Epoch,
    uint Batch,
    ulong MailboxHash,
    LogRecordType Type,
    ushort Flags,
    int MetadataLength,
    int PayloadLength)
{
    /// <summary>Octets of a header.</summary>
    public const int Size = 48;

    /// <summary>What a record's octets are padded to, so that a scan that lost its way need only look at every eighth.</summary>
    public const int Alignment = 8;

    /// <summary>Octets of the longest record that is read or written.</summary>
    public const int MaxRecord = 16 * 1024 * 1024;

    /// <summary>Octets of the payload's checksum at the end of the metadata.</summary>
    public const int PayloadChecksumSize = 4;

    /// <summary>Set on the last record of each batch: what follows was appended later.</summary>
    public const ushort LastOfBatch = 1;

    /// <summary>Set on a message of an encrypted tenant: its metadata and inline payload are sealed.</summary>
    public const ushort Sealed = 2;

    private const byte Version = 1;
    private const ushort Magic = 0x4D4F; // "OM"
    private const int VersionAt = 36;
    private const int MagicAt = 38;

    /// <summary>Octets from the record's beginning to its payload.</summary>
    public int PayloadOffset => Size + MetadataLength;

    /// <summary>Whether its batch ends with it.</summary>
    public bool IsLastOfBatch => (Flags & LastOfBatch) != 0;

    /// <summary>Whether its metadata and payload are sealed.</summary>
    public bool IsSealed => (Flags & Sealed) != 0;

    /// <summary>Octets of a record with that much in it.</summary>
    public static int LengthOf(int metadataLength, int payloadLength) => (int)Align(Size + metadataLength + payloadLength);

    /// <summary>The first place, from a position on, where a record may begin.</summary>
    public static long Align(long position) => (position + Alignment - 1) & ~(Alignment - 1L);

    /// <summary>Whether a header may begin here, judged without its checksum.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> octets) =>
        octets.Length >= Size && octets[VersionAt] == Version && BinaryPrimitives.ReadUInt16LittleEndian(octets[MagicAt..]) == Magic;

    /// <summary>Reads a header; false when its fields can't be one's. The checksum is not looked at.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out LogRecordHeader header)
    {
        header = default;
        if (!IsPlausible(octets))
            return false;
        header = new LogRecordHeader(
            BinaryPrimitives.ReadInt32LittleEndian(octets),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[20..]),
            BinaryPrimitives.ReadUInt64LittleEndian(octets[24..]),
            (LogRecordType)BinaryPrimitives.ReadUInt16LittleEndian(octets[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(octets[34..]),
            BinaryPrimitives.ReadInt32LittleEndian(octets[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(octets[44..]));
        return header.IsConsistent();
    }

    /// <summary>Writes the header in front of metadata that is already there, and the checksum over both.</summary>
    /// <param name="record">Header and metadata.</param>
    /// <param name="salt">The log's.</param>
    public void Write(Span<byte> record, ulong salt)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(record[20..], Batch);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], MailboxHash);
        BinaryPrimitives.WriteUInt16LittleEndian(record[32..], (ushort)Type);
        BinaryPrimitives.WriteUInt16LittleEndian(record[34..], Flags);
        record[VersionAt] = Version;
        record[VersionAt + 1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(record[MagicAt..], Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record[40..], MetadataLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[44..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], LogChecksum.Of(salt, record[8..PayloadOffset]));
    }

    /// <summary>Whether header and metadata are what was written.</summary>
    public bool MetadataIsSound(ReadOnlySpan<byte> record, ulong salt) =>
        record.Length >= PayloadOffset && LogChecksum.Of(salt, record[8..PayloadOffset]) == Checksum;

    /// <summary>Whether the whole record, padding and all, is what was written.</summary>
    public bool IsSound(ReadOnlySpan<byte> record, ulong salt)
    {
        if (record.Length < Length || !MetadataIsSound(record, salt))
            return false;
        var payload = record.Slice(PayloadOffset, PayloadLength);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(record[(PayloadOffset - PayloadChecksumSize)..]);
        return LogChecksum.Of(payload) == expected && !record[(PayloadOffset + PayloadLength)..Length].ContainsAnyExcept((byte)0);
    }

    private bool IsConsistent() =>
        MetadataLength is >= PayloadChecksumSize and < MaxRecord
        && PayloadLength is >= 0 and < MaxRecord
        && Length <= MaxRecord
        && Length == LengthOf(MetadataLength, PayloadLength)
        && Sequence > 0;
}
