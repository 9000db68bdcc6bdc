using System.Buffers.Binary;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>A message in a mailbox, in a pack: a row of 64 octets.</summary>
/// <param name="Index">The row's index.</param>
/// <param name="Sequence">What the mailbox calls it.</param>
/// <param name="ReceivedAt">When it was received, in UTC ticks.</param>
/// <param name="Id">The record's id.</param>
/// <param name="MetadataOffset">Where the record's header and metadata are.</param>
/// <param name="MetadataLength">Octets of these.</param>
/// <param name="PayloadOffset">Where its payload is; 0 when that is an object.</param>
/// <param name="StoredLength">Octets that the payload takes.</param>
/// <param name="Size">Octets of raw.</param>
/// <param name="Place">The mailbox's place in the record.</param>
/// <param name="Flags">1: the payload is compressed; 2: it is an object.</param>
internal readonly record struct PackEntry(
    uint Index, long Sequence, long ReceivedAt, Ulid Id, long MetadataOffset, int MetadataLength, long PayloadOffset, int StoredLength, long Size, ushort Place, ushort Flags)
{
    /// <summary>Octets of a row.</summary>
    public const int RowSize = 64;

    private const ushort CompressedFlag = 1;
    private const ushort ObjectFlag = 2;

    /// <summary>Whether the payload is a Zstandard frame.</summary>
    public bool IsCompressed => (Flags & CompressedFlag) != 0;

    /// <summary>Whether the payload is an object of its own.</summary>
    public bool IsObject => (Flags & ObjectFlag) != 0;

    /// <summary>What flags say of a payload.</summary>
    public static ushort FlagsOf(bool isCompressed, bool isObject) => (ushort)((isCompressed ? CompressedFlag : 0) | (isObject ? ObjectFlag : 0));

    /// <summary>Reads a row.</summary>
    /// <exception cref="PackDamagedException">It fails its check.</exception>
    public static PackEntry Read(ReadOnlySpan<byte> row, uint index, ulong salt)
    {
        if (LogChecksum.Of(salt + index, row[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(row[60..]))
            throw new PackDamagedException($"Entry {index} fails its check.");
        return new PackEntry(
            index,
            BinaryPrimitives.ReadInt64LittleEndian(row),
            BinaryPrimitives.ReadInt64LittleEndian(row[8..]),
            new Ulid(row.Slice(16, 16)),
            (long)BinaryPrimitives.ReadUInt32LittleEndian(row[32..]) * LogRecordHeader.Alignment,
            (int)BinaryPrimitives.ReadUInt32LittleEndian(row[36..]),
            (long)BinaryPrimitives.ReadUInt32LittleEndian(row[40..]) * LogRecordHeader.Alignment,
            (int)BinaryPrimitives.ReadUInt32LittleEndian(row[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(row[48..]),
            BinaryPrimitives.ReadUInt16LittleEndian(row[56..]),
            BinaryPrimitives.ReadUInt16LittleEndian(row[58..]));
    }

    /// <summary>Writes the row. Its index is part of the checksum, so that a row in another's place is noticed.</summary>
    public void Write(Span<byte> row, ulong salt)
    {
        BinaryPrimitives.WriteInt64LittleEndian(row, Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(row[8..], ReceivedAt);
        Id.TryWriteBytes(row[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(row[32..], checked((uint)(MetadataOffset / LogRecordHeader.Alignment)));
        BinaryPrimitives.WriteUInt32LittleEndian(row[36..], (uint)MetadataLength);
        BinaryPrimitives.WriteUInt32LittleEndian(row[40..], checked((uint)(PayloadOffset / LogRecordHeader.Alignment)));
        BinaryPrimitives.WriteUInt32LittleEndian(row[44..], (uint)StoredLength);
        BinaryPrimitives.WriteInt64LittleEndian(row[48..], Size);
        BinaryPrimitives.WriteUInt16LittleEndian(row[56..], Place);
        BinaryPrimitives.WriteUInt16LittleEndian(row[58..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(row[60..], LogChecksum.Of(salt + Index, row[..60]));
    }
}
