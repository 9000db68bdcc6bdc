using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// The repeat keys of an encrypted tenant: HMAC-SHA-256 of the plain ones, so that who has the log can't confirm a guess of a message's content.
/// Always under version 1, since a retry may come after a rotation.
/// </summary>
internal static class SealedRepeatKeys
{
    /// <summary>One for each, in order.</summary>
    public static UInt128[] Of(TenantDataKeys keys, ReadOnlySpan<UInt128> plain)
    {
        Span<byte> key = stackalloc byte[ExtendedGcm.KeySize];
        Span<byte> octets = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        keys.Derive(1, "orleansmail repeat"u8, key);
        var result = new UInt128[plain.Length];
        for (var i = 0; i < result.Length; i++)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(octets, plain[i]);
            HMACSHA256.HashData(key, octets, hash);
            result[i] = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }

        CryptographicOperations.ZeroMemory(key);
        return result;
    }
}
