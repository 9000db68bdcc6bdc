namespace OrleansMail.Smtp.Proxy;

/// <summary>The encoding of attribute values: <c>+</c> and two upper-case hexadecimal digits stand for an octet (RFC 3461 §4).</summary>
internal static class Xtext
{
    /// <summary>Decodes a value.</summary>
    /// <param name="text">The value as sent.</param>
    /// <param name="decoded">Where it goes.</param>
    /// <param name="length">Its length in octets.</param>
    /// <returns>False when it is no xtext, or decodes to more than there is room for.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> decoded, out int length)
    {
        length = 0;
        while (!text.IsEmpty)
        {
            var octet = text[0];
            var taken = 1;
            if (octet is < (byte)'!' or > (byte)'~' or (byte)'=' || length == decoded.Length)
                return false;
            if (octet == '+')
            {
                if (text.Length < 3 || !TryReadDigit(text[1], out var high) || !TryReadDigit(text[2], out var low))
                    return false;
                (octet, taken) = ((byte)(high << 4 | low), 3);
            }

            decoded[length++] = octet;
            text = text[taken..];
        }

        return true;
    }

    private static bool TryReadDigit(byte character, out int digit)
    {
        digit = character <= '9' ? character - '0' : character - 'A' + 10;
        return character is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'F');
    }
}
