using System.Buffers;

namespace OrleansMail.Smtp.Proxy;

/// <summary>
/// Takes a PROXY header of version 1 or 2 off the front of a connection (HAProxy's proxy-protocol.txt, revision of 2020/03/05). It looks at no more
/// than <see cref="MaxOctets"/> octets, and takes the header's own or none.
/// </summary>
internal static class ProxyHeaderParser
{
    /// <summary>
    /// Longest header, in octets. The specification lets version 2 have 65,551; what proxies send (addresses, host name, checksum, TLS, an identifier)
    /// stays below 1 KiB.
    /// </summary>
    public const int MaxOctets = 4096;

    /// <summary>Takes the header, if the front of <paramref name="input"/> is one.</summary>
    public static ProxyHeaderStatus TryTake(ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = default;
        var length = 0;
        Span<byte> copy = stackalloc byte[MaxOctets];
        var octets = Front(input, copy);
        var status =
            MayBegin(octets, BinaryHeader.Signature) ? BinaryHeader.Read(octets, out header, out length)
            : MayBegin(octets, TextHeader.Signature) ? TextHeader.Read(octets, out header, out length)
            : ProxyHeaderStatus.Absent;
        if (status == ProxyHeaderStatus.Complete)
            input = input.Slice(length);
        return status;
    }

    private static ReadOnlySpan<byte> Front(ReadOnlySequence<byte> input, Span<byte> copy)
    {
        var front = input.Length > MaxOctets ? input.Slice(0, MaxOctets) : input;
        if (front.IsSingleSegment)
            return front.FirstSpan;
        front.CopyTo(copy);
        return copy[..(int)front.Length];
    }

    private static bool MayBegin(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature)
    {
        var common = Math.Min(octets.Length, signature.Length);
        return octets[..common].SequenceEqual(signature[..common]);
    }
}
