namespace OrleansMail.Fuzz.Reference;

/// <summary>Replies as a client reads them.</summary>
internal static class WireReplies
{
    private const int MaxLine = 512;

    /// <summary>Throws unless all of it is well-formed lines of printable ASCII (RFC 5321 §4.2, §4.5.3.1.5).</summary>
    public static void Judge(string wire)
    {
        var lines = wire.Split("\r\n");
        PropertyException.Unless(lines[^1].Length == 0, "Replies end in CRLF");
        foreach (var line in lines[..^1])
        {
            PropertyException.Unless(line.Length + 2 <= MaxLine, "A reply line is within its limit");
            PropertyException.Unless(line.Length >= 4 && !line.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9') && line[3] is ' ' or '-', $"A reply line begins with its code: {line}");
            PropertyException.Unless(!line.AsSpan().ContainsAnyExceptInRange(' ', '~'), "A reply has no control octets and no 8-bit ones");
        }
    }

    /// <summary>The codes of the replies, several lines counting as one.</summary>
    public static IReadOnlyList<int> Split(string wire)
    {
        var codes = new List<int>();
        var open = 0;
        foreach (var line in wire.Split("\r\n")[..^1])
        {
            var code = int.Parse(line.AsSpan(0, 3), null);
            PropertyException.Unless(open is 0 || open == code, "The lines of a reply have one code");
            open = line[3] == '-' ? code : 0;
            if (open == 0)
                codes.Add(code);
        }

        PropertyException.Unless(open == 0, "A reply has a last line");
        return codes;
    }
}
