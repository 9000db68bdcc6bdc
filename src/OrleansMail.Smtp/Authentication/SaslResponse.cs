using System.Buffers.Text;

namespace OrleansMail.Smtp.Authentication;

/// <summary>The base64 of a client's response (RFC 4954 §4): no white space, padding only where it belongs.</summary>
internal static class SaslResponse
{
    /// <summary>Whether the client cancels the exchange.</summary>
    public static bool IsCancel(ReadOnlySpan<byte> line) => line.SequenceEqual("*"u8);

    /// <summary>Decodes a response; an empty line is an empty one.</summary>
    /// <returns>Null when it is no base64.</returns>
    public static byte[]? Decode(ReadOnlySpan<byte> line)
    {
        if (line.ContainsAny(" \t\r\n"u8)) // which the framework skips
            return null;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(line.Length)];
        if (Base64.DecodeFromUtf8(line, decoded, out _, out var length) != System.Buffers.OperationStatus.Done)
            return null;
        if (length == decoded.Length)
            return decoded;
        var exact = decoded[..length];
        Secret.Clear(decoded);
        return exact;
    }

    /// <summary>Decodes an initial response, in which a single <c>=</c> stands for an empty one.</summary>
    /// <returns>Null when it is no base64.</returns>
    public static byte[]? DecodeInitial(ReadOnlySpan<byte> text) => text.SequenceEqual("="u8) ? [] : text.IsEmpty ? null : Decode(text);
}
