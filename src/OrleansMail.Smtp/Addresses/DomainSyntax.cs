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

    /// <summary>Whether this is a domain or literal fit for a path; labels may be U-labels (RFC 6531 §3.3).</summary>
    public static bool IsDomainOrLiteral(ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'[') ? IsLiteral(text) : IsDomain(text);

    /// <summary>As <see cref="IsDomainOrLiteral"/>, with underscores: hosts have names with them, and sign their mail so.</summary>
    public static bool IsSenderDomain(ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'[') ? IsLiteral(text) : IsDomain(text, Tolerated, utf8: true);

    /// <summary>Whether this is fit for HELO and EHLO: clients on Windows and in containers send names with underscores.</summary>
    public static bool IsHelloName(ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'[') ? IsLiteral(text) : IsDomain(text, Tolerated);

    /// <summary>Whether this is a domain of letter-digit-hyphen labels or U-labels.</summary>
    public static bool IsDomain(ReadOnlySpan<byte> text) => IsDomain(text, LetDigHyphen, utf8: true);

    private static bool IsDomain(ReadOnlySpan<byte> text, SearchValues<byte> allowed, bool utf8 = false)
    {
        if (text.IsEmpty || text.Length > MaxDomain || !(utf8 ? AddressText.IsValid(text) : Ascii.IsValid(text)))
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

    // The length of a U-label counts in its A-label (RFC 5890 §4.2), which is made where domains are compared.
    private static bool IsLabel(ReadOnlySpan<byte> label, SearchValues<byte> allowed)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            return false;
        var isAscii = true;
        for (var rest = label; rest.IndexOfAnyExcept(allowed) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            if (rest[at] < 0x80)
                return false;
            isAscii = false;
        }

        return !isAscii || label.Length <= MaxLabel;
    }

    // Of the tagged literals only IPv6 is registered; RFC 5321 §4.1.3 allows no other.
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
