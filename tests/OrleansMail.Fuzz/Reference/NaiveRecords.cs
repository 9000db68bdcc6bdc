using System.Buffers.Binary;

namespace OrleansMail.Fuzz.Reference;

/// <summary>TLS as it looks from outside.</summary>
internal static class NaiveRecords
{
    private const int MaxRecord = 16384 + 256;

    /// <summary>Throws unless all of it is whole records (RFC 8446 §5.1).</summary>
    public static void Judge(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            PropertyException.Unless(octets.Length >= 5 && octets[0] is >= 20 and <= 23 && octets[1] == 3, "Only TLS follows the reply to STARTTLS");
            var length = BinaryPrimitives.ReadUInt16BigEndian(octets[3..]);
            PropertyException.Unless(length <= MaxRecord && octets.Length >= 5 + length, "A record is whole");
            octets = octets[(5 + length)..];
        }
    }
}
