using System.Security.Cryptography;

namespace OrleansMail.Contracts.Keys;

/// <summary>The SHA-256 of an API key's secret. Secrets are 256 random bits: no salt and no slow hash is needed to keep one from being found.</summary>
[GenerateSerializer, Immutable, Alias("orleansmail.api-key-hash")]
public readonly record struct ApiKeyHash
{
    private ApiKeyHash(string value) => Value = value;

    /// <summary>64 hexadecimal digits in lower case.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The hash of a secret's octets.</summary>
    internal static ApiKeyHash Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, digest);
        return new(Convert.ToHexStringLower(digest));
    }

    /// <summary>Reads a hash that was stored.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static ApiKeyHash Parse(string text) =>
        text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower)
            ? new(text)
            : throw new FormatException("A hash is 64 hexadecimal digits in lower case.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
