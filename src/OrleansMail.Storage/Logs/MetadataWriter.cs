using System.Buffers.Binary;
using System.Text;

namespace OrleansMail.Storage.Logs;

/// <summary>Writes metadata behind room for a header into a buffer that grows and is used again, one thread at a time.</summary>
internal sealed class MetadataWriter
{
    private byte[] buffer = new byte[4096];
    private int length = LogRecordHeader.Size;

    /// <summary>Starts a record anew.</summary>
    public void Reset()
    {
        length = LogRecordHeader.Size;
        buffer.AsSpan(0, length).Clear();
    }

    /// <summary>What was written, without the room for a header; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(LogRecordHeader.Size, length - LogRecordHeader.Size);

    /// <summary>Room for a header and the metadata written, closed by the payload's checksum, in an array of its own.</summary>
    public byte[] ToRecord(uint payloadChecksum)
    {
        WriteUInt32(payloadChecksum);
        return buffer.AsSpan(0, length).ToArray();
    }

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void WriteUlid(Ulid value) => value.TryWriteBytes(Take(16));

    /// <summary>Octets without their length, which the format fixes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void WriteFixed(ReadOnlySpan<byte> value, int size)
    {
        if (value.Length != size)
            throw new ArgumentException($"{size} octets, not {value.Length}.", nameof(value));
        value.CopyTo(Take(size));
    }

    /// <summary>Octets behind their length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length + 1);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>UTF-8 behind its length plus one; 0 stands for null.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteLength(0);
            return;
        }

        var octets = Encoding.UTF8.GetByteCount(value);
        WriteLength(octets + 1);
        Encoding.UTF8.GetBytes(value, Take(octets));
    }

    /// <summary>A base-128 number, low groups first.</summary>
    public void WriteNumber(uint value)
    {
        for (; value >= 0x80; value >>= 7)
            WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }

    private void WriteLength(int value) => WriteNumber((uint)value);

    private Span<byte> Take(int count)
    {
        if (length + count > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
        var span = buffer.AsSpan(length, count);
        length += count;
        return span;
    }
}
