using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>What an address may have beyond ASCII (RFC 6531 §3.3), and what of it may stand in a header line (RFC 6532).</summary>
internal static class AddressText
{
    private const int ZeroWidthNonJoiner = 0x200C; // Persian and Indic scripts are misspelled without these two
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>Whether octets are UTF-8 and free of characters that end a line, turn the text around them or can't be seen.</summary>
    public static bool IsValid(ReadOnlySpan<byte> octets)
    {
        while (true)
        {
            var ascii = octets.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (ascii < 0)
                return true;
            octets = octets[ascii..];
            if (Rune.DecodeFromUtf8(octets, out var rune, out var length) != OperationStatus.Done || !IsAllowed(rune))
                return false;
            octets = octets[length..];
        }
    }

    /// <summary>Whether a character beyond ASCII is allowed: no control (C1 included), separator, space, or invisible format character such as those of bidi.</summary>
    public static bool IsAllowed(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator => false,
        UnicodeCategory.Format => rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner,
        _ => true,
    };

    /// <summary>A text for a header line: what could end or extend it, or is not allowed there, becomes <c>?</c>.</summary>
    /// <param name="text">What a client said.</param>
    /// <param name="utf8">Whether characters beyond ASCII are allowed: in a SMTPUTF8 transaction only.</param>
    public static string Clean(string text, bool utf8)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii ? rune.Value is >= ' ' and <= '~' : utf8 && rune != Rune.ReplacementChar && IsAllowed(rune))
                clean.Append(rune.ToString());
            else
                clean.Append('?');
        }

        return clean.ToString();
    }
}
