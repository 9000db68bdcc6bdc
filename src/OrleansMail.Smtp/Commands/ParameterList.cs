using System.Buffers;

namespace OrleansMail.Smtp.Commands;

/// <summary>Splits <c>SP keyword[=value]</c> groups (RFC 5321 §4.1.2, esmtp-param).</summary>
internal static class ParameterList
{
    private static readonly SearchValues<byte> Keyword = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    /// <summary>Takes one parameter off the front.</summary>
    /// <param name="text">What follows the path.</param>
    /// <param name="keyword">Its name, in the case it was given in.</param>
    /// <param name="value">Its value; empty when it has none. Not necessarily ASCII.</param>
    /// <param name="strict">Whether exactly one space stands in front of each; otherwise any white space does.</param>
    /// <returns>False at the end, with nothing left; or when what is left is no parameter.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> keyword, out ReadOnlySpan<byte> value, bool strict = false)
    {
        keyword = value = default;
        var rest = strict ? text.StartsWith(" "u8) ? text[1..] : text : text.TrimStart(" \t"u8);
        if (rest.Length == text.Length || rest.IsEmpty)
        {
            text = strict ? text : rest;
            return false;
        }

        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        var parameter = end < 0 ? rest : rest[..end];
        var equals = parameter.IndexOf((byte)'=');
        var name = equals < 0 ? parameter : parameter[..equals];
        if (name.IsEmpty || name[0] == '-' || name.ContainsAnyExcept(Keyword))
            return false;
        if (equals >= 0 && (equals + 1 == parameter.Length || parameter[(equals + 1)..].ContainsAny((byte)'=', (byte)127)))
            return false;
        keyword = name;
        value = equals < 0 ? default : parameter[(equals + 1)..];
        text = rest[parameter.Length..];
        return true;
    }
}
