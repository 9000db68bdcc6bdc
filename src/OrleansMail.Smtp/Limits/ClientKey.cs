using System.Buffers.Binary;
using System.Net;

namespace OrleansMail.Smtp.Limits;

/// <summary>Who counts as one client: an IPv4 address, or an IPv6 network.</summary>
/// <param name="Prefix">The network's address, the other bits zero; IPv4 in its mapped form (RFC 4291 §2.5.5.2).</param>
/// <param name="Length">Its length in bits: 128, 64 or 48.</param>
internal readonly record struct ClientKey(UInt128 Prefix, int Length)
{
    private static readonly UInt128 Mapped = (UInt128)0xFFFF << 32; // ::ffff:0:0/96
    private static readonly UInt128 Translated = new(0x0064FF9B_00000000, 0); // 64:ff9b::/96 (RFC 6052 §2.1)

    /// <summary>
    /// The client of an address. IPv6 counts by /64, the least that a site gets (RFC 6177); IPv4 as seen through a translator is IPv4, or
    /// all of it would be one client.
    /// </summary>
    public static ClientKey Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(octets, out _);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(octets);
        var high = bits >> 32 << 32;
        return high == Mapped || high == Translated ? new(Mapped | (uint)bits, 128) : new(bits >> 64 << 64, 64);
    }

    /// <summary>The /48 of an IPv6 client, which one holder may have as a whole; null for IPv4.</summary>
    public ClientKey? Site => Length == 64 ? new(Prefix >> 80 << 80, 48) : null;
}
