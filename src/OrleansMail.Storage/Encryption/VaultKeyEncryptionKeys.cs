using Azure.Core;
using Azure.Core.Pipeline;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// Keys in an Azure Key Vault or Managed HSM, by address and version: <c>https://VAULT.vault.azure.net/keys/NAME/VERSION</c>. The access token goes to hosts of
/// these services only, whatever an address says.
/// </summary>
internal sealed class VaultKeyEncryptionKeys : IKeyEncryptionKeys
{
    // https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
    private static readonly string[] Services =
    [
        "vault.azure.net", "vault.azure.cn", "vault.usgovcloudapi.net", "managedhsm.azure.net", "managedhsm.azure.cn", "managedhsm.usgovcloudapi.net",
    ];

    private readonly Dictionary<string, HttpPipeline> pipelines;

    /// <summary>Prepares the requests; nothing is sent yet.</summary>
    /// <param name="credential">Who the process is.</param>
    /// <param name="transport">Carries the requests; null for the usual one.</param>
    public VaultKeyEncryptionKeys(TokenCredential credential, HttpPipelineTransport? transport)
    {
        var options = new VaultOptions();
        options.Retry.MaxRetries = 2;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Diagnostics.IsLoggingContentEnabled = false; // it is keys
        if (transport is not null)
            options.Transport = transport;
        pipelines = Services.ToDictionary(
            static service => service,
            service => HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, $"https://{service}/.default")));
    }

    /// <inheritdoc/>
    public IKeyEncryptionKey Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var service = Uri.TryCreate(name, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && address.UserInfo.Length == 0
            && address.Segments is ["/", "keys/", { Length: > 1 }, { Length: > 1 }] && address.Query.Length == 0
                ? Array.Find(Services, s => address.Host.EndsWith("." + s, StringComparison.OrdinalIgnoreCase))
                : null;
        return service is null
            ? throw new TenantKeyUnavailableException("That is no address of a key with its version in an Azure Key Vault or Managed HSM.")
            : new VaultKeyEncryptionKey(address!, pipelines[service]);
    }

    private sealed class VaultOptions : ClientOptions;
}
