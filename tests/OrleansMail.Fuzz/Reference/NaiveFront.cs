using System.Buffers.Binary;

namespace OrleansMail.Fuzz.Reference;

/// <summary>The front of a trusted proxy's connection (proxy-protocol.txt §2.1, §2.2), well-formed or not.</summary>
internal static class NaiveFront
{
    /// <summary>Octets of the PROXY header in front.</summary>
    /// <returns>0 when there is none; null when the end of what may be one is missing.</returns>
    public static int? Measure(ReadOnlySpan<byte> input)
    {
        if (MayBegin(input, "\r\n\r\n\0\r\nQUIT\n"u8))
        {
            var length = input.Length < 16 ? int.MaxValue : 16 + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
            return length <= input.Length ? length : null;
        }

        if (!MayBegin(input, "PROXY"u8))
            return 0;
        var end = input.IndexOf("\r\n"u8);
        return end < 0 ? null : end + 2;
    }

    private static bool MayBegin(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature) =>
        input.Length < signature.Length ? signature.StartsWith(input) : input.StartsWith(signature);
}
