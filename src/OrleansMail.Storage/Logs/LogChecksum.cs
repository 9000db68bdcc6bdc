using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansMail.Storage.Logs;

/// <summary>CRC-32C (Castagnoli) by the processor's instruction, 8 octets a step.</summary>
internal static class LogChecksum
{
    /// <summary>Of some octets alone.</summary>
    public static uint Of(ReadOnlySpan<byte> octets) => ~Append(~0u, octets);

    /// <summary>
    /// Of some octets behind a log's salt, so that neither a record of another log nor octets that a sender put into a message pass for a
    /// record of this one.
    /// </summary>
    public static uint Of(ulong salt, ReadOnlySpan<byte> octets) => ~Append(BitOperations.Crc32C(~0u, salt), octets);

    private static uint Append(uint crc, ReadOnlySpan<byte> octets)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(octets))
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (var octet in octets[(octets.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, octet);
        return crc;
    }
}
