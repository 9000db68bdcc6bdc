using System.Net;

namespace OrleansMail.Smtp.Addresses;

/// <summary>The one form in which addresses are compared and shown.</summary>
internal static class IPAddressForm
{
    /// <summary>The IPv4 address that an IPv4-mapped IPv6 address stands for (RFC 4291 §2.5.5.2); any other address as it is.</summary>
    public static IPAddress Unmapped(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
