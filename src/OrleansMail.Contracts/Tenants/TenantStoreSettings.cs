using System.Text;

namespace OrleansMail.Contracts.Tenants;

/// <summary>A container of the Azure Blob service that has a tenant's mail.</summary>
/// <param name="Account">The service's address, such as <c>https://ACCOUNT.blob.core.windows.net</c>.</param>
/// <param name="Container">The container, which exists.</param>
/// <param name="EncryptionScope">The scope of the account's that encrypts at rest; null for the container's default.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-store-settings")]
public sealed record TenantStoreSettings(
    [property: Id(0)] string Account,
    [property: Id(1)] string Container,
    [property: Id(2)] string? EncryptionScope = null)
{
    /// <summary>
    /// The shared access signature, without <c>?</c>: only on its way to the store. A tenant that is shown has null here. Null in a change keeps the one
    /// there is; without any the process's own identity is used.
    /// </summary>
    [Id(3)]
    public string? Sas { get; init; }

    /// <summary>Whether there is a signature.</summary>
    [Id(4)]
    public bool HasSas { get; init; }

    /// <summary>Whether both name the same place.</summary>
    public bool IsSamePlace(TenantStoreSettings? other) =>
        other is not null && Account == other.Account && Container == other.Container && EncryptionScope == other.EncryptionScope;

    // A record prints all that it has: a signature must not end up in a log.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(Account).Append('/').Append(Container);
        return true;
    }
}

/// <summary>How a tenant's mail is sealed.</summary>
/// <param name="Key">The key that wraps its data keys: <c>file:NAME</c>, or the address of a key in a vault with its version.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-encryption-settings")]
public sealed record TenantEncryptionSettings([property: Id(0)] string Key);
