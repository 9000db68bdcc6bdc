using System.Text;

namespace OrleansMail.Testing.Processes;

/// <summary>What the API serves as raw, split into the server's trace lines and the content that was received.</summary>
public sealed record RawMessage(IReadOnlyList<TraceField> Trace, byte[] Content)
{
    private const int TraceFields = 3;

    /// <summary>Splits behind the first three fields, whatever they are: a test checks their names.</summary>
    public static RawMessage Parse(ReadOnlySpan<byte> raw)
    {
        var fields = new List<TraceField>();
        var position = 0;
        while (fields.Count < TraceFields && position < raw.Length)
        {
            var length = FieldLength(raw[position..]);
            fields.Add(TraceField.Parse(Encoding.ASCII.GetString(raw.Slice(position, length))));
            position += length;
        }

        return new RawMessage(fields, raw[position..].ToArray());
    }

    // A field ends at a line's end that no white space follows (RFC 5322 §2.2.3).
    private static int FieldLength(ReadOnlySpan<byte> text)
    {
        var end = 0;
        do
        {
            var line = text[end..].IndexOf("\r\n"u8);
            if (line < 0)
                return text.Length;
            end += line + 2;
        }
        while (end < text.Length && text[end] is (byte)' ' or (byte)'\t');
        return end;
    }
}

/// <summary>One header field.</summary>
/// <param name="Name">Before the colon.</param>
/// <param name="Value">Behind it, unfolded.</param>
public sealed record TraceField(string Name, string Value)
{
    internal static TraceField Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new TraceField(text, "")
            : new TraceField(text[..colon], text[(colon + 1)..].Replace("\r\n", "", StringComparison.Ordinal).Replace('\t', ' ').Trim());
    }
}
