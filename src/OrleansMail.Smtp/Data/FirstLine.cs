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
    // No header line may be longer (RFC 5322 §2.1.1), so no colon in so many octets means text; the pipe holds no more meanwhile.
    private const int Window = 1000;

    public static FirstLineKind Judge(ReadOnlySequence<byte> input)
    {
        if (input.FirstSpan.Length >= Window || input.IsSingleSegment)
            return Judge(input.FirstSpan[..Math.Min(Window, input.FirstSpan.Length)]);
        Span<byte> window = stackalloc byte[Window];
        var length = (int)Math.Min(Window, input.Length);
        input.Slice(0, length).CopyTo(window);
        return Judge(window[..length]);
    }

    private static FirstLineKind Judge(ReadOnlySpan<byte> window)
    {
        if (window.StartsWith("\r\n"u8) || window.StartsWith(".\r\n"u8))
            return FirstLineKind.Proper;
        // White space in front, also behind a dot that is dropped, would make the line a continuation of ours, colon or not.
        var line = window.StartsWith("."u8) ? window[1..] : window;
        if (line.StartsWith(" "u8) || line.StartsWith("\t"u8))
            return FirstLineKind.Text;
        var colon = window.IndexOf((byte)':');
        var end = window.IndexOf("\r\n"u8);
        if (colon >= 0 && (end < 0 || colon < end))
            return FirstLineKind.Proper;
        return end >= 0 || window.Length >= Window ? FirstLineKind.Text : FirstLineKind.Undecided;
    }
}
