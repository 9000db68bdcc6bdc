using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Smtp.Proxy;

/// <summary>Version 1: a line of at most 107 octets, CRLF included, with exactly one space between its words (proxy-protocol.txt §2.1).</summary>
internal static class TextHeader
{
    private const int MaxOctets = 107;

    /// <summary>How it begins.</summary>
    public static ReadOnlySpan<byte> Signature => "PROXY"u8;

    /// <summary>Reads a header from its signature on.</summary>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> octets, out ProxyHeader header, out int length)
    {
        header = default;
        length = 0;
        var end = octets[..Math.Min(octets.Length, MaxOctets)].IndexOf("\r\n"u8);
        if (end < 0)
            return octets.Length < MaxOctets ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Invalid;
        length = end + 2;
        return TryRead(octets[Signature.Length..end], out header) ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Invalid;
    }

    private static bool TryRead(ReadOnlySpan<byte> rest, out ProxyHeader header)
    {
        header = ProxyHeader.Unknown;
        var family = TakeWord(ref rest);
        if (family.SequenceEqual("UNKNOWN"u8))
            return true; // whatever follows is to be ignored
        var version = family.SequenceEqual("TCP4"u8) ? AddressFamily.InterNetwork
            : family.SequenceEqual("TCP6"u8) ? AddressFamily.InterNetworkV6
            : AddressFamily.Unknown;
        var source = ReadAddress(TakeWord(ref rest), version);
        var destination = ReadAddress(TakeWord(ref rest), version);
        if (source is null || destination is null || !IPText.TryReadPort(TakeWord(ref rest), out var from) || !IPText.TryReadPort(TakeWord(ref rest), out var to) || !rest.IsEmpty)
            return false;
        header = ProxyHeader.Client(new IPEndPoint(source, from), new IPEndPoint(destination, to));
        return true;
    }

    // Empty when no single space with a word behind it is there.
    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith((byte)' '))
            return default;
        var word = rest[1..];
        var end = word.IndexOf((byte)' ');
        if (end >= 0)
            word = word[..end];
        rest = rest[(word.Length + 1)..];
        return word;
    }

    private static IPAddress? ReadAddress(ReadOnlySpan<byte> word, AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => IPText.ReadIPv4(word),
        AddressFamily.InterNetworkV6 => IPText.ReadIPv6(word),
        _ => null,
    };
}
