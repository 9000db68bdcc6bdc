using System.Buffers.Binary;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>A record's id and one of its entries: a row of 24 octets. Rows are sorted.</summary>
internal readonly record struct PackId(Ulid Id, uint Entry) : IComparable<PackId>
{
    /// <summary>Octets of a row.</summary>
    public const int RowSize = 24;

    /// <summary>Rows of which the first is in the sparse index.</summary>
    public const int BlockRows = 256;

    /// <inheritdoc/>
    public int CompareTo(PackId other) => Id.CompareTo(other.Id) is var order and not 0 ? order : Entry.CompareTo(other.Entry);

    /// <summary>Reads a row.</summary>
    /// <exception cref="PackDamagedException">It fails its check.</exception>
    public static PackId Read(ReadOnlySpan<byte> row, uint index, ulong salt)
    {
        if (LogChecksum.Of(salt + index, row[..20]) != BinaryPrimitives.ReadUInt32LittleEndian(row[20..]))
            throw new PackDamagedException($"Row {index} of the ids fails its check.");
        return new PackId(new Ulid(row[..16]), BinaryPrimitives.ReadUInt32LittleEndian(row[16..]));
    }

    /// <summary>Writes the row.</summary>
    public void Write(Span<byte> row, uint index, ulong salt)
    {
        Id.TryWriteBytes(row);
        BinaryPrimitives.WriteUInt32LittleEndian(row[16..], Entry);
        BinaryPrimitives.WriteUInt32LittleEndian(row[20..], LogChecksum.Of(salt + index, row[..20]));
    }
}
