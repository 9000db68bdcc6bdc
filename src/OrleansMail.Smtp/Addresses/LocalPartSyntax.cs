using System.Buffers;
using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>Local parts: a dot-string or a quoted string (RFC 5321 §4.1.2).</summary>
internal static class LocalPartSyntax
{
    private const int MaxLocalPart = 64;

    private static readonly SearchValues<byte> Atom =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    /// <summary>Takes a local part off the front of <paramref name="text"/>.</summary>
    /// <returns>The local part without quotes; null when there is none or it is longer than 64 octets.</returns>
    public static string? TryTake(ref ReadOnlySpan<byte> text)
    {
        var local = text.StartsWith((byte)'"') ? TakeQuoted(ref text) : TakeDotString(ref text);
        return local is { Length: > MaxLocalPart } ? null : local;
    }

    private static string? TakeDotString(ref ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (true)
        {
            var atom = text[length..].IndexOfAnyExcept(Atom);
            if (atom < 0)
                atom = text.Length - length;
            if (atom == 0)
                return null;
            length += atom;
            if (length == text.Length || text[length] != '.')
                break;
            length++;
        }

        var local = Encoding.ASCII.GetString(text[..length]);
        text = text[length..];
        return local;
    }

    private static string? TakeQuoted(ref ReadOnlySpan<byte> text)
    {
        var local = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                text = text[(i + 1)..];
                return local.ToString();
            }

            if (text[i] == '\\' && ++i == text.Length)
                return null;
            if (text[i] is < 32 or > 126)
                return null;
            local.Append((char)text[i]);
        }

        return null;
    }
}
