using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>Domains and address literals by their syntax alone (RFC 5321 §4.1.2, §4.1.3).</summary>
internal static class DomainSyntax
{
    private const int MaxDomain = 255;
    private const int MaxLabel = 63;

    private static readonly SearchValues<byte> LetDigHyphen = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);
    private static readonly SearchValues<byte> Tolerated = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Whether this is a domain or literal fit for a path.</summary>
    public static bool IsDomainOrLiteral(ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'[') ? IsLiteral(text) : IsDomain(text);

    /// <summary>Whether this is fit for HELO and EHLO: clients on Windows and in containers send names with underscores.</summary>
    public static bool IsHelloName(ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'[') ? IsLiteral(text) : IsDomain(text, Tolerated);

    /// <summary>Whether this is a domain of letter-digit-hyphen labels.</summary>
    public static bool IsDomain(ReadOnlySpan<byte> text) => IsDomain(text, LetDigHyphen);

    private static bool IsDomain(ReadOnlySpan<byte> text, SearchValues<byte> allowed)
    {
        if (text.IsEmpty || text.Length > MaxDomain)
            return false;
        while (true)
        {
            var dot = text.IndexOf((byte)'.');
            if (!IsLabel(dot < 0 ? text : text[..dot], allowed))
                return false;
            if (dot < 0)
                return true;
            text = text[(dot + 1)..];
        }
    }

    private static bool IsLabel(ReadOnlySpan<byte> label, SearchValues<byte> allowed) =>
        label.Length is > 0 and <= MaxLabel && label[0] != '-' && label[^1] != '-' && !label.ContainsAnyExcept(allowed);

    private static bool IsLiteral(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text.Length > MaxDomain || text[^1] != ']')
            return false;
        var inner = text[1..^1];
        return inner.Length > 5 && Ascii.EqualsIgnoreCase(inner[..5], "IPv6:"u8) ? IsIPv6(inner[5..]) : IsIPv4(inner);
    }

    private static bool IsIPv4(ReadOnlySpan<byte> text)
    {
        var numbers = 0;
        foreach (var range in text.Split((byte)'.'))
        {
            var number = text[range];
            if (number.Length is 0 or > 3 || number.ContainsAnyExceptInRange((byte)'0', (byte)'9') || int.Parse(number, null) > 255)
                return false;
            numbers++;
        }

        return numbers == 4;
    }

    // The framework's parser also takes brackets, ports and scope ids; those have no place here.
    private static bool IsIPv6(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[45];
        if (text.Length > characters.Length || text.IndexOfAny("%[]/"u8) >= 0 || !Ascii.IsValid(text))
            return false;
        var length = Encoding.ASCII.GetChars(text, characters);
        return IPAddress.TryParse(characters[..length], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
