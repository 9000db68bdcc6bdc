using System.Buffers.Binary;
using System.Numerics;

namespace OrleansMail.Storage.Logs;

/// <summary>
/// Checks the metadata of what may be records while a damaged part is searched: each octet is summed once, however many headers claim it
/// as theirs. A checksum of a range follows from those of two beginnings, because CRC is linear: <c>crc(AB) = shift(crc(A), |B|) ^ crc(B)</c>.
/// </summary>
internal sealed class SearchChecksums(ulong salt)
{
    // Up to here summing is cheaper than the arithmetic.
    private const int Short = 8 * 1024;
    private const int Step = LogRecordHeader.Alignment;
    private const int LeastForgotten = 64 * 1024;
    private const uint Polynomial = 0x82F63B78; // Castagnoli, bits reversed
    private const uint One = 1u << 31;
    private static readonly uint[] Powers = MakePowers();

    private readonly uint seed = BitOperations.Crc32C(~0u, salt);

    // The sum from the first octet on, at every eighth.
    private readonly List<uint> sums = [0];
    private long first;

    /// <summary>Whether a header and its metadata are what was written.</summary>
    /// <param name="position">Where it is; not before an earlier call's.</param>
    /// <param name="header">It.</param>
    /// <param name="octets">The log's from there on.</param>
    public bool MetadataIsSound(long position, in LogRecordHeader header, ReadOnlySpan<byte> octets)
    {
        if (header.PayloadOffset <= Short || octets.Length < header.PayloadOffset)
            return header.MetadataIsSound(octets, salt);
        Sum(position, octets[..header.PayloadOffset]);
        var from = sums[IndexOf(position + Step)];
        var to = sums[IndexOf(position + header.PayloadOffset)];
        foreach (var octet in octets[(header.PayloadOffset & ~(Step - 1))..header.PayloadOffset])
            to = BitOperations.Crc32C(to, octet);
        return ~(to ^ Shift(from ^ seed, header.PayloadOffset - Step)) == header.Checksum;
    }

    private int IndexOf(long position) => (int)((position - first) / Step);

    private void Sum(long position, ReadOnlySpan<byte> octets)
    {
        var passed = IndexOf(position);
        if (passed < 0 || passed >= sums.Count)
        {
            sums.Clear();
            sums.Add(0);
            first = position;
        }
        else if (passed > LeastForgotten && passed > sums.Count / 2)
        {
            sums.RemoveRange(0, passed);
            first = position;
        }

        for (var at = (int)(first + ((sums.Count - 1L) * Step) - position); at + Step <= octets.Length; at += Step)
            sums.Add(BitOperations.Crc32C(sums[^1], BinaryPrimitives.ReadUInt64LittleEndian(octets[at..])));
    }

    // A sum as it would be after that many octets of zeros: times x to the power of their bits.
    private static uint Shift(uint sum, int octets)
    {
        for (var power = 3; octets > 0; octets >>= 1, power++)
        {
            if ((octets & 1) != 0)
                sum = Multiply(Powers[power], sum);
        }

        return sum;
    }

    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (; left != 0; left <<= 1)
        {
            if ((left & One) != 0)
                product ^= right;
            right = (right >> 1) ^ ((right & 1) * Polynomial);
        }

        return product;
    }

    // x, x^2, x^4, …
    private static uint[] MakePowers()
    {
        var powers = new uint[32];
        powers[0] = One >> 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        return powers;
    }
}
