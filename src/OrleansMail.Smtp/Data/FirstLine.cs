using System.Buffers;

namespace OrleansMail.Smtp.Data;

/// <summary>How the content begins.</summary>
internal enum FirstLineKind
{
    /// <summary>More input is needed.</summary>
    Undecided,

    /// <summary>A header line, an empty line, or nothing at all.</summary>
    Proper,

    /// <summary>Text that would run into the trace lines.</summary>
    Text,
}

/// <summary>
/// The classic protocol's blank-line rule: content that begins with neither a header line (one with a colon, and no white space in front) nor an empty line is
/// text, and an empty line goes in front of it so that it does not become part of the Received field.
/// </summary>
internal static class FirstLine
{
    /// <summary>
    /// Octets of content that decide. No header line may be longer (RFC 5322 §2.1.1), so no colon in so many octets means text; neither the
    /// pipe nor a message in chunks holds more meanwhile.
    /// </summary>
    public const int Window = 1000;

    /// <summary>Judges the input of DATA, in which a dot at the front is doubled or the end.</summary>
    public static FirstLineKind JudgeStuffed(ReadOnlySequence<byte> input)
    {
        const int Stuffed = Window + 1;
        if (input.FirstSpan.Length >= Stuffed || input.IsSingleSegment)
            return JudgeStuffed(input.FirstSpan[..Math.Min(Stuffed, input.FirstSpan.Length)]);
        Span<byte> window = stackalloc byte[Stuffed];
        var length = (int)Math.Min(Stuffed, input.Length);
        input.Slice(0, length).CopyTo(window);
        return JudgeStuffed(window[..length]);
    }

    /// <summary>Judges the beginning of the content.</summary>
    public static FirstLineKind Judge(ReadOnlySpan<byte> content)
    {
        var window = content[..Math.Min(Window, content.Length)];
        if (window.StartsWith("\r\n"u8))
            return FirstLineKind.Proper;
        // White space in front would make the line a continuation of ours, colon or not.
        if (window.StartsWith(" "u8) || window.StartsWith("\t"u8))
            return FirstLineKind.Text;
        var colon = window.IndexOf((byte)':');
        var end = window.IndexOf("\r\n"u8);
        if (colon >= 0 && (end < 0 || colon < end))
            return FirstLineKind.Proper;
        return end >= 0 || window.Length >= Window ? FirstLineKind.Text : FirstLineKind.Undecided;
    }

    private static FirstLineKind JudgeStuffed(ReadOnlySpan<byte> input) =>
        input.StartsWith(".\r\n"u8) ? FirstLineKind.Proper : Judge(input.StartsWith("."u8) ? input[1..] : input);
}
