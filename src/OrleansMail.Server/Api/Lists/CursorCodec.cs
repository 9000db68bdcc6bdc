using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMail.Server.Api.Lists;

/// <summary>
/// Positions in lists as opaque texts: a version, a MAC over purpose and position, the position. The purpose is not in the text: who
/// presents a cursor elsewhere fails the check.
/// </summary>
internal sealed class CursorCodec(ICursorKey key)
{
    private const byte Version = 1;
    private const int MacLength = 16;
    private const int MaxLength = 1024;

    /// <summary>Writes a position.</summary>
    /// <param name="purpose">The list it is good for.</param>
    /// <param name="position">The place in it.</param>
    public string Encode(string purpose, ReadOnlySpan<byte> position)
    {
        var bytes = new byte[1 + MacLength + position.Length];
        bytes[0] = Version;
        position.CopyTo(bytes.AsSpan(1 + MacLength));
        Sign(purpose, position, bytes.AsSpan(1, MacLength));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a position; false unless exactly this text was given out for this list.</summary>
    public bool TryDecode(string purpose, string cursor, out byte[] position)
    {
        position = [];
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
            return false;
        var bytes = Base64Url.DecodeFromChars(cursor);
        // One text for each position: unused bits, padding and white space that decoding tolerates are refused.
        if (bytes.Length < 1 + MacLength || bytes[0] != Version || Base64Url.EncodeToString(bytes) != cursor)
            return false;
        position = bytes[(1 + MacLength)..];
        Span<byte> mac = stackalloc byte[MacLength];
        Sign(purpose, position, mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes.AsSpan(1, MacLength));
    }

    private void Sign(string purpose, ReadOnlySpan<byte> position, Span<byte> mac)
    {
        var name = Encoding.UTF8.GetBytes(purpose);
        var signed = new byte[name.Length + 1 + position.Length];
        name.CopyTo(signed, 0); // purposes have no NUL, so the one behind it divides
        position.CopyTo(signed.AsSpan(name.Length + 1));
        HMACSHA256.HashData(key.Key.Span, signed).AsSpan(0, MacLength).CopyTo(mac);
    }
}
