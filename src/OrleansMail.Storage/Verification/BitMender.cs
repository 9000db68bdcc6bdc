using System.Buffers.Binary;
using System.Numerics;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Verification;

/// <summary>Mends one flipped bit by a CRC-32C, whose difference to the right one tells which it was. A longer damage is left as it is.</summary>
internal static class BitMender
{
    private const int MaxOctets = 1024 * 1024; // beyond, a longer damage could pass for one bit by chance

    /// <summary>Mends a value whose last four octets are the checksum of the others.</summary>
    /// <returns>Whether it is sound now.</returns>
    public static bool TryMend(Span<byte> value)
    {
        if (value.Length < sizeof(uint))
            return false;
        var content = value[..^sizeof(uint)];
        return TryMend(content, LogChecksum.Of(content), value[^sizeof(uint)..]);
    }

    /// <summary>Mends octets or their checksum.</summary>
    /// <param name="content">The octets.</param>
    /// <param name="actual">Their checksum as they are, whatever salt is in front of them.</param>
    /// <param name="stored">The checksum that is stored.</param>
    public static bool TryMend(Span<byte> content, uint actual, Span<byte> stored)
    {
        var difference = actual ^ BinaryPrimitives.ReadUInt32LittleEndian(stored);
        if (difference == 0)
            return true;
        if (BitOperations.IsPow2(difference))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(stored, actual);
            return true;
        }

        return content.Length <= MaxOctets && TryFlip(content, difference);
    }

    // What each bit of the last octet adds to the checksum; for the octets before, what they add goes through a zero octet more.
    private static bool TryFlip(Span<byte> content, uint difference)
    {
        Span<uint> effects = stackalloc uint[8];
        for (var bit = 0; bit < 8; bit++)
            effects[bit] = BitOperations.Crc32C(0, (byte)(1 << bit));
        for (var at = content.Length - 1; at >= 0; at--)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if (effects[bit] == difference)
                {
                    content[at] ^= (byte)(1 << bit);
                    return true;
                }

                effects[bit] = BitOperations.Crc32C(effects[bit], (byte)0);
            }
        }

        return false;
    }
}
