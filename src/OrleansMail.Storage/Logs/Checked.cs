using System.Buffers.Binary;

namespace OrleansMail.Storage.Logs;

/// <summary>Values whose last four octets are the CRC-32C of the others.</summary>
internal static class Checked
{
    /// <summary>What is in front of the checksum.</summary>
    /// <exception cref="InvalidDataException">The checksum is wrong.</exception>
    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> value) =>
        value.Length >= sizeof(uint) && LogChecksum.Of(value[..^sizeof(uint)]) == BinaryPrimitives.ReadUInt32LittleEndian(value[^sizeof(uint)..])
            ? value[..^sizeof(uint)]
            : throw new InvalidDataException("Its checksum is wrong.");
}
