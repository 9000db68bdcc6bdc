using System.Buffers.Binary;
using System.Security.Cryptography;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// A sealed object: <c>magic 4F 4D 53 4F | u32 format 1 | u32 key version | id 24</c>, then chunks of 64 KiB, each with its tag, the last one shorter or
/// as long, and empty only when the object is. AES-256-GCM under a key of the object's own, derived from its random id; the nonce is the chunk's number
/// and whether it is the last: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), so nothing can be cut, moved or exchanged unnoticed.
/// </summary>
internal static class SealedObjectFormat
{
    /// <summary>Octets of the header.</summary>
    public const int HeaderSize = IdAt + IdSize;

    /// <summary>Octets of a chunk's plaintext.</summary>
    public const int ChunkSize = 64 * 1024;

    /// <summary>Octets of a chunk as stored.</summary>
    public const int SealedChunkSize = ChunkSize + ExtendedGcm.TagSize;

    private const uint Magic = 0x4F534D4F; // "OMSO"
    private const uint Format = 1;
    private const int IdAt = 12;
    private const int IdSize = 24;
    private const int NonceSize = 12;

    /// <summary>Octets of the object from those of its content.</summary>
    public static long SealedLength(long length) => HeaderSize + length + (ChunkCount(length) * ExtendedGcm.TagSize);

    /// <summary>Octets of the content from those of the object.</summary>
    /// <exception cref="PayloadDamagedException">No object has that length.</exception>
    public static long PlainLength(long sealedLength)
    {
        var rest = sealedLength - HeaderSize;
        var length = rest - ((rest + SealedChunkSize - 1) / SealedChunkSize * ExtendedGcm.TagSize);
        return rest >= ExtendedGcm.TagSize && SealedLength(length) == sealedLength
            ? length
            : throw new PayloadDamagedException("A sealed object has a length that none has.");
    }

    /// <summary>How many chunks that much content has.</summary>
    public static long ChunkCount(long length) => Math.Max(1, (length + ChunkSize - 1) / ChunkSize);

    /// <summary>A header with a new id.</summary>
    public static byte[] NewHeader(uint version)
    {
        var header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), Format);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), version);
        RandomNumberGenerator.Fill(header.AsSpan(IdAt));
        return header;
    }

    /// <summary>Whether octets are a header.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic && BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == Format;

    /// <summary>The cipher of an object with that header.</summary>
    /// <exception cref="PayloadDamagedException">It is no header.</exception>
    /// <exception cref="TenantKeyUnavailableException">The version is not known here, or the keys are gone.</exception>
    public static AesGcm CreateCipher(TenantDataKeys keys, ReadOnlySpan<byte> header)
    {
        if (!IsHeader(header))
            throw new PayloadDamagedException("A sealed object has no header.");
        Span<byte> key = stackalloc byte[ExtendedGcm.KeySize];
        keys.Derive(BinaryPrimitives.ReadUInt32LittleEndian(header[8..]), [.. "orleansmail object"u8, .. header[IdAt..]], key);
        var cipher = new AesGcm(key, ExtendedGcm.TagSize);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    /// <summary>Seals a chunk; its nonce is u64 number, zeros, and 1 when it is the last.</summary>
    public static void SealChunk(AesGcm cipher, long number, bool last, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        FillNonce(nonce, number, last);
        cipher.Encrypt(nonce, plaintext, target[..plaintext.Length], target[plaintext.Length..], associated);
    }

    /// <summary>Opens a chunk.</summary>
    /// <exception cref="PayloadDamagedException">It is not that chunk of that object.</exception>
    public static void OpenChunk(AesGcm cipher, long number, bool last, ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> associated, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        FillNonce(nonce, number, last);
        try
        {
            cipher.Decrypt(nonce, chunk[..^ExtendedGcm.TagSize], chunk[^ExtendedGcm.TagSize..], target, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PayloadDamagedException($"Chunk {number} of a sealed object fails its check.");
        }
    }

    private static void FillNonce(Span<byte> nonce, long number, bool last)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, number);
        nonce[NonceSize - 1] = last ? (byte)1 : (byte)0;
    }
}
