using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMail.Storage.GrainState;

/// <summary>
/// Where grain state lies: <c>state/{stateName}/{escaped key}</c>. Part of the store's format. Distinct keys have distinct paths, also
/// where names ignore case.
/// </summary>
/// <remarks>
/// <c>a-z</c>, <c>0-9</c>, <c>-</c>, <c>_</c> and <c>.</c> (not at the beginning) stand for themselves, every other octet of a key is
/// <c>=</c> and two hexadecimal digits, and the empty key is <c>=</c> alone. A key whose escaped form is longer than
/// <see cref="MaxEscapedLength"/> is stored under its beginning, <c>==</c>, and its SHA-256.
/// </remarks>
public static class GrainStatePaths
{
    /// <summary>Longest escaped key that is kept as it is; longer ones can't be told from their paths, so they are not listed.</summary>
    public const int MaxEscapedLength = 180;

    private const string Root = "state";
    private const string Empty = "=";
    private const string HashMark = "==";
    private const int KeptOfLongKey = 100;

    /// <summary>The path of a grain's state.</summary>
    /// <param name="stateName">The state's name, of the characters a path may have.</param>
    /// <param name="key">The grain's key, in UTF-8.</param>
    public static string Of(string stateName, ReadOnlySpan<byte> key)
    {
        var escaped = Escape(key);
        if (escaped.Length > MaxEscapedLength)
            escaped = string.Concat(escaped.AsSpan(0, KeptOfLongKey), HashMark, Convert.ToHexStringLower(SHA256.HashData(key)));
        return $"{Prefix(stateName)}{escaped}";
    }

    /// <inheritdoc cref="Of(string, ReadOnlySpan{byte})"/>
    public static string Of(string stateName, string key) => Of(stateName, Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// Lists the keys that have a state of this name, in ordinal order of their escaped forms (which is that of the keys where these need
    /// no escapes). Keys whose escaped form is longer than <see cref="MaxEscapedLength"/> are left out.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="stateName">The state's name.</param>
    /// <param name="after">The key to go on behind; null from the beginning.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public static async IAsyncEnumerable<string> ListKeysAsync(
        IObjectStore store, string stateName, string? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prefix = Prefix(stateName);
        await foreach (var item in store.ListAsync(prefix, after is null ? null : Of(stateName, after), cancellationToken))
        {
            if (Unescape(item.Path.AsSpan(prefix.Length)) is { } key)
                yield return key;
        }
    }

    private static string Prefix(string stateName) => $"{Root}/{stateName}/";

    private static string Escape(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
            return Empty;
        var escaped = new StringBuilder(key.Length + 8);
        foreach (var octet in key)
        {
            // Upper case is escaped because some file systems ignore it; a dot at the beginning could make a name that leads elsewhere.
            if (octet is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_'
                || (octet == '.' && escaped.Length > 0))
            {
                escaped.Append((char)octet);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"={octet:x2}");
            }
        }

        return escaped.ToString();
    }

    private static string? Unescape(ReadOnlySpan<char> escaped)
    {
        if (escaped is Empty)
            return "";
        var key = new List<byte>(escaped.Length);
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '=')
            {
                key.Add((byte)escaped[index]);
                continue;
            }

            if (index + 2 >= escaped.Length || !byte.TryParse(escaped.Slice(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return null;
            key.Add(octet);
            index += 2;
        }

        return Encoding.UTF8.GetString([.. key]);
    }
}
