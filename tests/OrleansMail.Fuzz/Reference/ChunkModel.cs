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

    /// <summary>Whether a line that tells its octets ends its message.</summary>
    public static bool IsLast(string line) => Last().IsMatch(line);

    /// <summary>Nothing of the message is left.</summary>
    public void Clear()
    {
        _content.Clear();
        _hasFailed = false;
    }

    /// <summary>A chunk was read.</summary>
    public void Take(ReadOnlySpan<byte> chunk) => _content.Append(Encoding.Latin1.GetString(chunk));

    /// <summary>A chunk that was not the last was answered.</summary>
    public void Follow(int code)
    {
        PropertyException.Unless(code != 250 || !_hasFailed, "A message that has failed stays so");
        _hasFailed |= code != 250;
    }

    /// <summary>The message is complete.</summary>
    /// <returns>Its content; null when it has failed.</returns>
    public string? End()
    {
        var content = _hasFailed ? null : _content.ToString();
        Clear();
        return content;
    }

    [GeneratedRegex(@"^[ \t]*BDAT([\x00-\x20\x7f]|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"[\x00-\x08\x0a-\x1f\x7f]", RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    [GeneratedRegex(@"^[ \t]*BDAT[ \t]+([0-9]+)(?=[ \t]|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Size();

    [GeneratedRegex(@"^[ \t]*BDAT[ \t]+[0-9]+[ \t]+LAST[ \t]*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Last();
}
