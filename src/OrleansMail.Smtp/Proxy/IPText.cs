using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Smtp.Proxy;

/// <summary>Addresses and ports in the one form that a proxy may write: the framework's parser also takes octal, short and scoped ones.</summary>
internal static class IPText
{
    private const int MaxIPv6 = 45; // with an IPv4 address at its end

    private static readonly SearchValues<byte> IPv6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Four decimal numbers without leading zeros; null for anything else.</summary>
    public static IPAddress? ReadIPv4(ReadOnlySpan<byte> text)
    {
        Span<byte> canonical = stackalloc byte[MaxIPv6];
        return text.Length is > 0 and <= 15 && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            && address.TryFormat(canonical, out var length) && text.SequenceEqual(canonical[..length])
            ? address
            : null;
    }

    /// <summary>An IPv6 address without brackets, scope or prefix length; null for anything else.</summary>
    public static IPAddress? ReadIPv6(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= MaxIPv6 && !text.ContainsAnyExcept(IPv6) && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? address
            : null;

    /// <summary>A number from 0 to 65535 without leading zeros.</summary>
    public static bool TryReadPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1) || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        foreach (var digit in text)
            port = port * 10 + digit - '0';
        return port <= IPEndPoint.MaxPort;
    }
}
