using System.Buffers;
using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>Local parts: a dot-string or a quoted string (RFC 5321 §4.1.2), with UTF-8 as RFC 6531 §3.3 adds it.</summary>
internal static class LocalPartSyntax
{
    // RFC 5321 §4.5.3.1.1. Octets of the local part itself: quotes and backslashes are a way of writing it.
    private const int MaxLocalPart = 64;

    private static readonly SearchValues<byte> Atom = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8, .. BeyondAscii()]);

    private static readonly SearchValues<byte> AtomOrDot = SearchValues.Create(
        [.. ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8, .. BeyondAscii()]);

    /// <summary>Takes a local part off the front of <paramref name="text"/>.</summary>
    /// <returns>The local part without quotes; null when there is none or it is longer than 64 octets.</returns>
    public static string? TryTake(ref ReadOnlySpan<byte> text) =>
        text.StartsWith((byte)'"') ? TakeQuoted(ref text) : TakeUnquoted(ref text, DotStringLength(text));

    /// <summary>As <see cref="TryTake"/>, with dots at the beginning, at the end and in a row, as some devices send them.</summary>
    public static string? TryTakeLenient(ref ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((byte)'"'))
            return TakeQuoted(ref text);
        var end = text.IndexOfAnyExcept(AtomOrDot);
        var length = end < 0 ? text.Length : end;
        return text[..length].ContainsAnyExcept((byte)'.') ? TakeUnquoted(ref text, length) : null;
    }

    // Octets of the dot-string in front; 0 when there is none.
    private static int DotStringLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (true)
        {
            var atom = text[length..].IndexOfAnyExcept(Atom);
            if (atom < 0)
                atom = text.Length - length;
            if (atom == 0)
                return 0;
            length += atom;
            if (length == text.Length || text[length] != '.')
                return length;
            length++;
        }
    }

    private static string? TakeUnquoted(ref ReadOnlySpan<byte> text, int length)
    {
        if (length is 0 or > MaxLocalPart || !AddressText.IsValid(text[..length]))
            return null;
        var local = Encoding.UTF8.GetString(text[..length]);
        text = text[length..];
        return local;
    }

    private static string? TakeQuoted(ref ReadOnlySpan<byte> text)
    {
        Span<byte> local = stackalloc byte[MaxLocalPart];
        var length = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                text = text[(i + 1)..];
                return AddressText.IsValid(local[..length]) ? Encoding.UTF8.GetString(local[..length]) : null;
            }

            if (text[i] == '\\' && (++i == text.Length || text[i] > 126)) // a quoted pair is of ASCII alone
                return null;
            if (text[i] is < 32 or 127 || length == MaxLocalPart)
                return null;
            local[length++] = text[i];
        }

        return null;
    }

    private static IEnumerable<byte> BeyondAscii() => Enumerable.Range(0x80, 0x80).Select(static octet => (byte)octet);
}
