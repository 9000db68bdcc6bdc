using ZstdSharp;
using ZstdSharp.Unsafe;

namespace OrleansMail.Storage.Packs;

/// <summary>Zstandard (RFC 8878) for payloads in packs, where it pays.</summary>
internal sealed class PayloadCompression : IDisposable
{
    private const int Level = 3;

    // Shorter ones save too little; base64 and what was compressed before save nothing, and are kept as they are.
    private const int Shortest = 512;
    private const int LeastSaved = 8;
    private readonly Compressor compressor = new(Level);
    private byte[] buffer = [];

    /// <summary>A payload as a frame, valid until the next call; false when it would not be shorter by an eighth.</summary>
    public bool TryCompress(ReadOnlySpan<byte> payload, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (payload.Length < Shortest)
            return false;
        var bound = Compressor.GetCompressBound(payload.Length);
        if (buffer.Length < bound)
            buffer = new byte[bound];
        var length = compressor.Wrap(payload, buffer);
        frame = buffer.AsMemory(0, length);
        return length <= payload.Length - (payload.Length / LeastSaved);
    }

    /// <summary>Reads a frame back.</summary>
    /// <returns>False when it is not one of exactly that many octets.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        using var decompressor = new Decompressor();
        try
        {
            return decompressor.TryUnwrap(frame, payload, out var written) && written == payload.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    /// <summary>Octets of the frame that octets begin with; null when they begin with none.</summary>
    public static unsafe int? FrameLength(ReadOnlySpan<byte> octets)
    {
        fixed (byte* first = octets)
        {
            var length = Methods.ZSTD_findFrameCompressedSize(first, (nuint)octets.Length);
            return Methods.ZSTD_isError(length) ? null : (int)length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => compressor.Dispose();
}
