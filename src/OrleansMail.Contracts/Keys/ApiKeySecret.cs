using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMail.Contracts.Keys;

/// <summary>
/// The secret of an API key: <c>omk_</c>, which secret scanners find, and 256 random bits in base64url (RFC 4648 §5), 47 characters
/// in all. It is told once, when the key is made; what is stored and compared is its <see cref="ApiKeyHash"/>.
/// </summary>
public static class ApiKeySecret
{
    /// <summary>What every secret begins with, in this case.</summary>
    public const string Prefix = "omk_";

    /// <summary>Characters of a secret.</summary>
    public const int Length = 47;

    private const int RandomBytes = 32;
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // 43 characters hold two bits more than 256: they are zero, so that each secret has one spelling.
    private static readonly SearchValues<char> LastCharacters = SearchValues.Create("AEIMQUYcgkosw048");

    /// <summary>A new secret.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>
    /// The hash of a secret; false, without hashing, when the text has not exactly the form of one. Guesses at random bits are all that
    /// is left to a stranger then, and a hash of them says nothing of how near they came: a lookup by it needs no constant time.
    /// </summary>
    public static bool TryHash([NotNullWhen(true)] string? text, out ApiKeyHash hash)
    {
        hash = default;
        if (text is not { Length: Length } || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet) || !LastCharacters.Contains(text[^1]))
            return false;
        Span<byte> octets = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(text, octets);
        hash = ApiKeyHash.Of(octets);
        return true;
    }
}
