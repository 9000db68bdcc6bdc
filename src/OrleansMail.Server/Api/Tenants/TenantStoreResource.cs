using System.ComponentModel;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api.Tenants;

/// <summary>A tenant's own container. The signature is taken and never shown.</summary>
[Description("A container of the Azure Blob service that has a tenant's mail. It exists, and no other tenant has it.")]
internal sealed record TenantStoreResource(
    [property: Description("The service's address, such as https://ACCOUNT.blob.core.windows.net.")] string Account,
    [property: Description("The container.")] string Container,
    [property: Description("Shared access signature that reads, adds, creates, writes, deletes and lists, without '?'. Never shown: null in answers. Absent or null keeps the one there is; without any the server's own identity is used.")] string? Sas = null,
    [property: Description("Whether there is a signature. Without effect in requests.")] bool HasSas = false,
    [property: Description("The account's encryption scope that new blobs are encrypted by at rest; null for the container's default.")] string? EncryptionScope = null)
{
    /// <summary>Shows one.</summary>
    public static TenantStoreResource? From(TenantStoreSettings? store) =>
        store is null ? null : new(store.Account, store.Container, null, store.HasSas, store.EncryptionScope);

    /// <summary>As the grain takes it.</summary>
    public TenantStoreSettings ToSettings() => new(Account.TrimEnd('/'), Container, EncryptionScope) { Sas = Sas };

    /// <summary>Without the signature.</summary>
    public override string ToString() => $"{Account}/{Container}";
}

/// <summary>How a tenant's mail is sealed.</summary>
[Description("How a tenant's mail is sealed.")]
internal sealed record EncryptionResource(
    [property: Description("The key that wraps the tenant's own: file:NAME in the server's folder of keys, or https://VAULT/keys/NAME/VERSION.")] string Key);
