using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;

namespace OrleansMail.Smtp.Tests.Proxy;

/// <summary>Writes PROXY headers, well-formed and not.</summary>
internal static class Header
{
    public static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>A text header.</summary>
    public static string Text(string source = "192.0.2.7", string destination = "198.51.100.1", int from = 40001, int to = 25) =>
        $"PROXY {(source.Contains(':', StringComparison.Ordinal) ? "TCP6" : "TCP4")} {source} {destination} {from} {to}\r\n";

    /// <summary>A binary header of any make; the length is that of the block unless another is told.</summary>
    public static byte[] Binary(int versionAndCommand, int family, byte[] block, int? length = null)
    {
        byte[] header = [.. Signature, (byte)versionAndCommand, (byte)family, 0, 0, .. block];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(length ?? block.Length));
        return header;
    }

    /// <summary>The binary header of a client, of the family of its address.</summary>
    public static byte[] Binary(string source = "192.0.2.7", string destination = "198.51.100.1", int from = 40001, int to = 25, byte[]? values = null)
    {
        var address = IPAddress.Parse(source).GetAddressBytes();
        byte[] block = [.. address, .. IPAddress.Parse(destination).GetAddressBytes(), (byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, .. values ?? []];
        return Binary(0x21, address.Length == 4 ? 0x11 : 0x21, block);
    }

    /// <summary>A value behind the addresses.</summary>
    public static byte[] Value(int type, byte[] value) => [(byte)type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>The same header with a checksum behind it.</summary>
    public static byte[] WithChecksum(byte[] header)
    {
        byte[] summed = [.. header, .. Value(3, [0, 0, 0, 0])];
        BinaryPrimitives.WriteUInt16BigEndian(summed.AsSpan(14), (ushort)(summed.Length - 16));
        var crc = summed.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        BinaryPrimitives.WriteUInt32BigEndian(summed.AsSpan(summed.Length - 4), ~crc);
        return summed;
    }

    /// <summary>Octets as a conversation sends them.</summary>
    public static string Of(byte[] octets) => Encoding.Latin1.GetString(octets);
}
