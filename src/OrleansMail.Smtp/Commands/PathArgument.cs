using System.Text;

namespace OrleansMail.Smtp.Commands;

/// <summary>The keyword in front of a path.</summary>
internal static class PathArgument
{
    /// <summary>Takes <c>FROM:</c> or <c>TO:</c>, in any case.</summary>
    /// <param name="text">What follows the verb.</param>
    /// <param name="keyword">The keyword without its colon.</param>
    /// <param name="strictWhiteSpace">False tolerates white space around the colon, because many clients send it (RFC 5321 §4.1.1.2 has none).</param>
    public static bool TryTakeKeyword(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> keyword, bool strictWhiteSpace = false)
    {
        if (text.Length < keyword.Length || !Ascii.EqualsIgnoreCase(text[..keyword.Length], keyword))
            return false;
        var rest = text[keyword.Length..];
        if (!strictWhiteSpace)
            rest = rest.TrimStart(" \t"u8);
        if (!rest.StartsWith((byte)':'))
            return false;
        text = strictWhiteSpace ? rest[1..] : rest[1..].TrimStart(" \t"u8);
        return true;
    }
}
