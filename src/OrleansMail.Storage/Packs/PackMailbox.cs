using System.Buffers.Binary;
using OrleansMail.Contracts;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>A mailbox in a pack's directory: a row of 64 octets.</summary>
/// <param name="Mailbox">Which it is.</param>
/// <param name="First">Index of its first entry.</param>
/// <param name="Count">How many it has; they lie together.</param>
/// <param name="FirstSequence">The sequence of the first.</param>
/// <param name="LastSequence">The sequence of the last.</param>
/// <param name="Bytes">Octets of raw of all of them.</param>
/// <param name="Latest">When the newest was received, in UTC ticks.</param>
internal readonly record struct PackMailbox(Incarnation Mailbox, uint First, uint Count, long FirstSequence, long LastSequence, long Bytes, long Latest)
{
    /// <summary>Octets of a row.</summary>
    public const int RowSize = 64;

    /// <summary>Reads a row.</summary>
    /// <exception cref="PackDamagedException">It fails its check.</exception>
    public static PackMailbox Read(ReadOnlySpan<byte> row, uint index, ulong salt)
    {
        if (LogChecksum.Of(salt + index, row[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(row[60..]))
            throw new PackDamagedException($"Row {index} of the directory fails its check.");
        return new PackMailbox(
            new Incarnation(new Ulid(row[..16])),
            BinaryPrimitives.ReadUInt32LittleEndian(row[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(row[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(row[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(row[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(row[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(row[48..]));
    }

    /// <summary>Writes the row.</summary>
    public void Write(Span<byte> row, uint index, ulong salt)
    {
        row.Clear();
        Mailbox.Value.TryWriteBytes(row);
        BinaryPrimitives.WriteUInt32LittleEndian(row[16..], First);
        BinaryPrimitives.WriteUInt32LittleEndian(row[20..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(row[24..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(row[32..], LastSequence);
        BinaryPrimitives.WriteInt64LittleEndian(row[40..], Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(row[48..], Latest);
        BinaryPrimitives.WriteUInt32LittleEndian(row[60..], LogChecksum.Of(salt + index, row[..60]));
    }
}
