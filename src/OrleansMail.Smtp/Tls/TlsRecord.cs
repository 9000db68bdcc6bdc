using System.Buffers;

namespace OrleansMail.Smtp.Tls;

/// <summary>The framing of TLS (RFC 8446 §5.1): five octets in front of each record say how long it is.</summary>
internal static class TlsRecord
{
    private const int HeaderLength = 5;
    private const int FirstType = 20; // change_cipher_spec
    private const int LastType = 24; // heartbeat
    private const int MajorVersion = 3;

    // RFC 5246 §6.2.3; TLS 1.3 allows less (RFC 8446 §5.2).
    private const int MaxFragment = (16 * 1024) + 2048;

    /// <summary>The length of the record at the front, header included; null while too little of it is there to tell.</summary>
    /// <exception cref="InvalidDataException">What is there is no TLS record.</exception>
    public static int? Measure(ReadOnlySequence<byte> input)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var known = (int)Math.Min(input.Length, HeaderLength);
        input.Slice(0, known).CopyTo(header);
        if ((known > 0 && header[0] is < FirstType or > LastType) || (known > 1 && header[1] != MajorVersion))
            throw NoRecord();
        if (known < HeaderLength)
            return null;
        var fragment = (header[3] << 8) | header[4];
        return fragment <= MaxFragment ? HeaderLength + fragment : throw NoRecord();
    }

    private static InvalidDataException NoRecord() => new("What the peer sends is not TLS.");
}
