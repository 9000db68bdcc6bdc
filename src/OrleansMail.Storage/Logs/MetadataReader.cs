using System.Buffers.Binary;
using System.Text;

namespace OrleansMail.Storage.Logs;

/// <summary>Reads metadata whose checksum was right; every length is bounded by what is there.</summary>
internal ref struct MetadataReader(ReadOnlySpan<byte> metadata)
{
    private ReadOnlySpan<byte> rest = metadata;

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public DateTimeOffset ReadTime() => ReadInt64() is var ticks && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException("A time is out of range.");

    public Ulid ReadUlid() => new(Take(16));

    public ReadOnlySpan<byte> ReadFixed(int size) => Take(size);

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLength() - 1);

    public string? ReadString() => ReadLength() is var length and not 0 ? Encoding.UTF8.GetString(Take(length - 1)) : null;

    public void SkipString()
    {
        if (ReadLength() is var length and not 0)
            Take(length - 1);
    }

    /// <summary>A base-128 number, low groups first.</summary>
    public uint ReadNumber()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var octet = ReadByte();
            value |= (uint)(octet & 0x7F) << shift;
            if (octet < 0x80)
                return value;
        }

        throw new InvalidDataException("A number has more than five octets.");
    }

    private int ReadLength() => (int)ReadNumber();

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)rest.Length)
            throw new InvalidDataException("The metadata is shorter than it says.");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
