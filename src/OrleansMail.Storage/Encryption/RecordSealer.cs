using System.Buffers.Binary;
using System.Security.Cryptography;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// Seals what is small enough to be held: <c>u32 key version | nonce 24 | ciphertext | tag 16</c>, by <see cref="ExtendedGcm"/>, whose nonces
/// may be drawn at random without a count that silos would have to share. The version is authenticated, since it chooses the key.
/// </summary>
internal static class RecordSealer
{
    /// <summary>Octets that sealing adds.</summary>
    public const int Overhead = CiphertextAt + ExtendedGcm.TagSize;

    private const int NonceAt = sizeof(uint);
    private const int CiphertextAt = NonceAt + ExtendedGcm.NonceSize;

    /// <summary>The version of the key that sealed; 0, which none has, where there is no room for one.</summary>
    public static uint VersionOf(ReadOnlySpan<byte> sealedOctets) =>
        sealedOctets.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(sealedOctets);

    /// <summary>Seals under the current version.</summary>
    /// <param name="keys">The tenant's.</param>
    /// <param name="plaintext">What nobody may read.</param>
    /// <param name="associated">What it belongs to: it opens with the same octets only.</param>
    /// <exception cref="TenantKeyUnavailableException">The keys are gone.</exception>
    public static byte[] Seal(TenantDataKeys keys, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        var version = keys.Current;
        var target = new byte[plaintext.Length + Overhead];
        BinaryPrimitives.WriteUInt32LittleEndian(target, version);
        var nonce = target.AsSpan(NonceAt, ExtendedGcm.NonceSize);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> key = stackalloc byte[ExtendedGcm.KeySize];
        keys.Derive(version, "orleansmail record"u8, key);
        ExtendedGcm.Seal(key, nonce, plaintext, associated, target.AsSpan(CiphertextAt));
        CryptographicOperations.ZeroMemory(key);
        return target;
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <exception cref="PayloadDamagedException">An octet of it or of the associated data is another, or it was sealed by another key.</exception>
    /// <exception cref="TenantKeyUnavailableException">The version is not known here, or the keys are gone.</exception>
    public static byte[] Open(TenantDataKeys keys, ReadOnlySpan<byte> sealedOctets, ReadOnlySpan<byte> associated)
    {
        if (sealedOctets.Length < Overhead)
            throw new PayloadDamagedException("A sealed record is too short.");
        var plaintext = new byte[sealedOctets.Length - Overhead];
        Span<byte> key = stackalloc byte[ExtendedGcm.KeySize];
        keys.Derive(BinaryPrimitives.ReadUInt32LittleEndian(sealedOctets), "orleansmail record"u8, key);
        try
        {
            ExtendedGcm.Open(key, sealedOctets.Slice(NonceAt, ExtendedGcm.NonceSize), sealedOctets[CiphertextAt..], associated, plaintext);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PayloadDamagedException($"A sealed record of tenant {keys.Tenant} fails its check.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        return plaintext;
    }
}
