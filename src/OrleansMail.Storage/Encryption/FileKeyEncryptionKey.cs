using System.Buffers.Text;
using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// A key in a file: 32 octets, raw or as hex or base64 with blanks around. Wraps as <c>nonce 24 | ciphertext | tag 16</c> by
/// <see cref="ExtendedGcm"/> with the tenant's incarnation as associated data. The file is read at each use, so its removal counts at once.
/// </summary>
internal sealed class FileKeyEncryptionKey(string path, string name) : IKeyEncryptionKey
{
    private const int MaxFile = 256;

    /// <inheritdoc/>
    public async ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var own = await ReadAsync(cancellationToken);
        var wrapped = new byte[ExtendedGcm.NonceSize + key.Length + ExtendedGcm.TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, ExtendedGcm.NonceSize));
        ExtendedGcm.Seal(own, wrapped.AsSpan(0, ExtendedGcm.NonceSize), key.Span, tenant.Value.ToByteArray(), wrapped.AsSpan(ExtendedGcm.NonceSize));
        CryptographicOperations.ZeroMemory(own);
        return wrapped;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken)
    {
        if (wrapped.Length != ExtendedGcm.NonceSize + ExtendedGcm.KeySize + ExtendedGcm.TagSize)
            throw new TenantKeyUnavailableException($"The wrapped key of tenant {tenant} has the wrong length.");
        var own = await ReadAsync(cancellationToken);
        var key = new byte[ExtendedGcm.KeySize];
        try
        {
            ExtendedGcm.Open(own, wrapped.Span[..ExtendedGcm.NonceSize], wrapped.Span[ExtendedGcm.NonceSize..], tenant.Value.ToByteArray(), key);
            return key;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new TenantKeyUnavailableException($"The key of tenant {tenant} was not wrapped by {name}.", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    private async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] octets;
        try
        {
            if (new FileInfo(path).Length > MaxFile)
                throw new TenantKeyUnavailableException($"The file of {name} is longer than a key.");
            octets = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TenantKeyUnavailableException($"The file of {name} can't be read.", exception);
        }

        if (octets.Length == ExtendedGcm.KeySize)
            return octets;
        try
        {
            return Parse(octets) ?? throw new TenantKeyUnavailableException($"The file of {name} does not hold 32 octets, raw or as hex or base64.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static byte[]? Parse(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        var key = new byte[ExtendedGcm.KeySize];
        if (text.Length == 2 * ExtendedGcm.KeySize)
            return Convert.FromHexString(text, key, out _, out _) == System.Buffers.OperationStatus.Done ? key : null;
        if (text.Length > Base64.GetMaxEncodedToUtf8Length(ExtendedGcm.KeySize))
            return null;
        return Base64.DecodeFromUtf8(text, key, out _, out var written) == System.Buffers.OperationStatus.Done && written == key.Length ? key : null;
    }
}
