using System.Security.Cryptography;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// XAES-256-GCM (C2SP): AES-256-GCM under a key of its own for each message, derived from the long key and the first half of a nonce of 24
/// octets. Nonces of 12 octets that are drawn at random repeat too soon: after 2^32 messages under one key the chance is 2^-33 and
/// grows with the square (NIST SP 800-38D §8.3 stops there). With 24 octets it is that small after 2^80 messages.
/// </summary>
internal static class ExtendedGcm
{
    /// <summary>Octets of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Octets of a nonce.</summary>
    public const int NonceSize = 24;

    /// <summary>Octets of a tag.</summary>
    public const int TagSize = 16;

    private const int Block = 16;
    private const int GcmNonce = 12;

    /// <summary>Writes the ciphertext and its tag, <see cref="TagSize"/> octets more than the plaintext.</summary>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated, Span<byte> target)
    {
        Span<byte> derived = stackalloc byte[KeySize];
        Derive(key, nonce, derived);
        using var gcm = new AesGcm(derived, TagSize);
        CryptographicOperations.ZeroMemory(derived);
        gcm.Encrypt(nonce[GcmNonce..], plaintext, target[..plaintext.Length], target[plaintext.Length..], associated);
    }

    /// <summary>Undoes <see cref="Seal"/>.</summary>
    /// <exception cref="AuthenticationTagMismatchException">Key, nonce, ciphertext or associated data are not those of the sealing.</exception>
    public static void Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associated, Span<byte> target)
    {
        Span<byte> derived = stackalloc byte[KeySize];
        Derive(key, nonce, derived);
        using var gcm = new AesGcm(derived, TagSize);
        CryptographicOperations.ZeroMemory(derived);
        gcm.Decrypt(nonce[GcmNonce..], ciphertext[..^TagSize], ciphertext[^TagSize..], target, associated);
    }

    // CMAC of the counter, "X", 0 and 12 octets of the nonce (NIST SP 800-108r1 §4.1): one block each, so only the first subkey is needed.
    private static void Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> derived)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> subkey = stackalloc byte[Block];
        Span<byte> blocks = stackalloc byte[KeySize];
        subkey.Clear();
        aes.EncryptEcb(subkey, subkey, PaddingMode.None);
        Double(subkey);
        for (var half = 0; half < 2; half++)
        {
            var block = blocks.Slice(half * Block, Block);
            block[0] = 0;
            block[1] = (byte)(half + 1);
            block[2] = (byte)'X';
            block[3] = 0;
            nonce[..GcmNonce].CopyTo(block[4..]);
            for (var i = 0; i < Block; i++)
                block[i] ^= subkey[i];
        }

        aes.EncryptEcb(blocks, derived, PaddingMode.None);
        CryptographicOperations.ZeroMemory(subkey);
        CryptographicOperations.ZeroMemory(blocks);
    }

    // In GF(2^128), without a branch on a secret bit.
    private static void Double(Span<byte> value)
    {
        var carry = value[0] >> 7;
        for (var i = 0; i < Block - 1; i++)
            value[i] = (byte)((value[i] << 1) | (value[i + 1] >> 7));
        value[Block - 1] = (byte)((value[Block - 1] << 1) ^ (-carry & 0x87));
    }
}
