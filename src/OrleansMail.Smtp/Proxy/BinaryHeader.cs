using System.Buffers.Binary;
using System.Net;

namespace OrleansMail.Smtp.Proxy;

/// <summary>Version 2: sixteen octets, addresses, then values of which only the checksum is looked at (proxy-protocol.txt §2.2).</summary>
internal static class BinaryHeader
{
    private const int Fixed = 16;
    private const int VersionAndCommand = 12;
    private const int FamilyAndTransport = 13;
    private const int Length = 14;
    private const int Datagram = 2;

    /// <summary>How it begins.</summary>
    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header from its signature on.</summary>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> octets, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        if (octets.Length < Fixed)
            return ProxyHeaderStatus.Incomplete;
        length = Fixed + BinaryPrimitives.ReadUInt16BigEndian(octets[Length..]);
        if (octets[VersionAndCommand] is not (0x20 or 0x21) || length > ProxyHeaderParser.MaxOctets)
            return ProxyHeaderStatus.Invalid;
        if (octets.Length < length)
            return ProxyHeaderStatus.Incomplete;
        if (octets[VersionAndCommand] == 0x21)
            return TryRead(octets[..length], out header) ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Invalid;
        header = ProxyHeader.Local; // whatever else it holds is to be discarded
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryRead(ReadOnlySpan<byte> octets, out ProxyHeader header)
    {
        header = ProxyHeader.Unknown;
        var (family, transport) = (octets[FamilyAndTransport] >> 4, octets[FamilyAndTransport] & 15);
        if (family > 3 || transport >= Datagram)
            return false;
        if (family == 0 || transport == 0)
            return true; // the address block is to be ignored, and where values would begin is not known
        var addresses = octets[Fixed..];
        var size = family switch { 1 => 4, 2 => 16, _ => 108 };
        var block = family == 3 ? 2 * size : 2 * size + 4;
        if (addresses.Length < block || !HeaderValues.AreSound(octets, Fixed + block))
            return false;
        if (family != 3) // the path of a UNIX socket is no address of a mail client
            header = ProxyHeader.Client(EndPoint(addresses[..size], addresses[(2 * size)..]), EndPoint(addresses[size..(2 * size)], addresses[(2 * size + 2)..]));
        return true;
    }

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) =>
        new(new IPAddress(address), BinaryPrimitives.ReadUInt16BigEndian(port));
}
