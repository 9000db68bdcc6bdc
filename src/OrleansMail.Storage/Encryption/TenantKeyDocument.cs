using System.Text.Json;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>The store's value <c>t/TENANT/key</c>: a tenant's wrapped data keys, versions 1 to n in order.</summary>
internal sealed record TenantKeyDocument(int Format, IReadOnlyList<WrappedKey> Keys)
{
    /// <summary>The only format yet.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Reads one.</summary>
    /// <exception cref="TenantKeyUnavailableException">It is not one.</exception>
    public static TenantKeyDocument Parse(Incarnation tenant, ReadOnlySpan<byte> value)
    {
        try
        {
            var document = JsonSerializer.Deserialize<TenantKeyDocument>(value, JsonSerializerOptions.Web);
            if (document is { Format: CurrentFormat, Keys.Count: > 0 } && document.Keys.Select((key, i) => key is { KeyEncryptionKey: not null, Wrapped: not null } && key.Version == i + 1).All(inOrder => inOrder))
                return document;
        }
        catch (JsonException exception)
        {
            throw new TenantKeyUnavailableException($"The stored key of tenant {tenant} is damaged.", exception);
        }

        throw new TenantKeyUnavailableException($"The stored key of tenant {tenant} is of a format that this version does not know.");
    }

    /// <summary>As stored.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
}

/// <summary>One wrapped data key.</summary>
/// <param name="Version">From 1.</param>
/// <param name="KeyEncryptionKey">The name of the key that wrapped it.</param>
/// <param name="Wrapped">As that key gave it; base64 in JSON.</param>
internal sealed record WrappedKey(int Version, string KeyEncryptionKey, byte[] Wrapped);
