using System.Buffers.Binary;
using System.Numerics;

namespace OrleansMail.Smtp.Proxy;

/// <summary>
/// The type-length-value groups behind the addresses (proxy-protocol.txt §2.2). What they say of TLS or host names is not used: the engine believes in no
/// encryption that it has not done itself.
/// </summary>
internal static class HeaderValues
{
    private const int Prefix = 3;
    private const byte Checksum = 0x03;

    /// <summary>Whether they fill the header to its end exactly, and a CRC32c among them is right.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="start">Where they begin.</param>
    public static bool AreSound(ReadOnlySpan<byte> header, int start)
    {
        while (start < header.Length)
        {
            if (header.Length - start < Prefix)
                return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(header[(start + 1)..]);
            var value = start + Prefix;
            if (length > header.Length - value)
                return false;
            if (header[start] == Checksum && !(length == 4 && BinaryPrimitives.ReadUInt32BigEndian(header[value..]) == Crc32C(header, value)))
                return false;
            start = value + length;
        }

        return true;
    }

    // RFC 4960 appendix B, over the whole header with zeros for the four octets of the sum (§2.2.3).
    private static uint Crc32C(ReadOnlySpan<byte> header, int sum)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
            crc = BitOperations.Crc32C(crc, i >= sum && i < sum + 4 ? (byte)0 : header[i]);
        return ~crc;
    }
}
