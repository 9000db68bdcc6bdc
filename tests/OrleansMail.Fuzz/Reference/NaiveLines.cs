using System.Text;

namespace OrleansMail.Fuzz.Reference;

/// <summary>Command lines taken off the front of octets, with no thought of speed.</summary>
internal static class NaiveLines
{
    /// <summary>Takes one line.</summary>
    /// <param name="rest">Shortened by the line; empty when no whole line is left.</param>
    /// <param name="longest">Longest line in octets, CRLF included.</param>
    /// <param name="line">Without CRLF; null when it is too long.</param>
    /// <returns>False when there is no further line.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, int longest, out string? line)
    {
        var end = rest.IndexOf("\r\n"u8);
        var length = end < 0 ? rest.Length : end + 2;
        var tooLong = end < 0 ? length >= longest : length > longest;
        line = tooLong || end < 0 ? null : Encoding.Latin1.GetString(rest[..end]);
        rest = rest[length..];
        return tooLong || end >= 0;
    }
}
