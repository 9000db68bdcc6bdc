using System.Text;

namespace OrleansMail.Fuzz.Reference;

/// <summary>The content of a message as RFC 5321 §4.5.2 tells it, with no thought of speed.</summary>
/// <param name="Content">Without stuffed dots; what is known of it when the end is missing.</param>
/// <param name="Length">Octets up to and with the end of the data; -1 when the end is missing.</param>
/// <param name="HasBareNewlines">Whether a CR or LF outside a CRLF was in it; known at the end.</param>
internal sealed record NaiveData(string Content, int Length, bool HasBareNewlines)
{
    public static NaiveData Read(ReadOnlySpan<byte> input)
    {
        // A CRLF in front makes the first line a line like any other.
        var text = "\r\n" + Encoding.Latin1.GetString(input);
        var end = text.IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        var data = end < 0 ? text : text[..(end + 2)];
        var content = data.Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
        var loose = content.Replace("\r\n", "", StringComparison.Ordinal);
        return new NaiveData(content, end < 0 ? -1 : end + 3, loose.AsSpan().ContainsAny('\r', '\n'));
    }
}
