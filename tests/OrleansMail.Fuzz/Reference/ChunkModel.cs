using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansMail.Fuzz.Reference;

/// <summary>What BDAT (RFC 3030 §2) makes of a session: the chunks of the open message, so far as they were accepted.</summary>
internal sealed partial class ChunkModel
{
    private readonly StringBuilder _content = new();
    private bool _hasFailed;

    /// <summary>Whether a line, or the front of one that is too long, has the verb BDAT, well-formed or not.</summary>
    public static bool IsChunk(string line) => Chunk().IsMatch(line);

    /// <summary>How many octets follow the line; null when it does not tell.</summary>
    public static long? Octets(string line) =>
        !Control().IsMatch(line) && Size().Match(line) is { Success: true } match && BigInteger.Parse(match.Groups[1].ValueSpan, null) is var size && size <= long.MaxValue ? (long)size : null;

    /// <summary>Whether a CR or LF outside a CRLF is in it.</summary>
    public static bool HasBareNewlines(string content) => content.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');

    /// <summary>A command was answered 250.</summary>
    public void Follow(string line)
    {
        if (Start().IsMatch(line))
            Clear();
    }

    /// <summary>A chunk was answered.</summary>
    /// <returns>The content when the message is complete and was accepted.</returns>
    public string? Take(string line, ReadOnlySpan<byte> chunk, int code)
    {
        PropertyException.Unless(code != 250 || !_hasFailed, "A message that has failed stays so");
        _hasFailed |= code != 250;
        _content.Append(Encoding.Latin1.GetString(chunk));
        if (!Last().IsMatch(line))
            return null;
        var content = code == 250 ? _content.ToString() : null;
        Clear();
        return content;
    }

    private void Clear()
    {
        _content.Clear();
        _hasFailed = false;
    }

    [GeneratedRegex(@"^[ \t]*BDAT([\x00-\x20\x7f]|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"[\x00-\x08\x0a-\x1f\x7f]", RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    [GeneratedRegex(@"^[ \t]*BDAT[ \t]+([0-9]+)(?=[ \t]|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Size();

    [GeneratedRegex(@"^[ \t]*BDAT[ \t]+[0-9]+[ \t]+LAST[ \t]*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Last();

    // A sender or reset that was accepted, or a greeting, begins anew.
    [GeneratedRegex(@"^[ \t]*(MAIL|RSET|HELO|EHLO)([ \t]|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Start();
}
