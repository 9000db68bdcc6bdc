using System.Text;

namespace OrleansMail.Smtp.Commands;

/// <summary>The keyword in front of a path.</summary>
internal static class PathArgument
{
    /// <summary>Takes <c>FROM:</c> or <c>TO:</c>, in any case; white space behind the colon is tolerated because many clients send it.</summary>
    public static bool TryTakeKeyword(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> keyword)
    {
        if (text.Length < keyword.Length || !Ascii.EqualsIgnoreCase(text[..keyword.Length], keyword))
            return false;
        text = text[keyword.Length..].TrimStart(" \t"u8);
        return true;
    }
}
