namespace OrleansMail.Testing.Processes;

/// <summary>The transparency of DATA (RFC 5321 §4.5.2), written plainly so that it shares nothing with the server's.</summary>
public static class DotStuffing
{
    /// <summary>The octets that carry a content: a dot before each line that begins with one, a line's end if it lacks one, and the final dot.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> content)
    {
        var encoded = new List<byte>(content.Length + 64);
        var beginsLine = true;
        for (var i = 0; i < content.Length; i++)
        {
            if (beginsLine && content[i] == '.')
                encoded.Add((byte)'.');
            encoded.Add(content[i]);
            beginsLine = content[i] == '\n' && i > 0 && content[i - 1] == '\r';
        }

        if (!beginsLine)
            encoded.AddRange("\r\n"u8);
        encoded.AddRange(".\r\n"u8);
        return [.. encoded];
    }
}
