using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// Key encryption keys in Azure Key Vault: <c>https://VAULT/keys/NAME/VERSION</c>, RSA keys of at least 2048 bits. Disabling the key, or taking the
/// permission to unwrap, revokes it.
/// </summary>
public sealed partial class KeyVaultKeyEncryptionKeys : IKeyEncryptionKeys
{
    private readonly HashSet<string> vaults;
    private readonly HttpPipeline pipeline;

    /// <summary>Creates a client.</summary>
    /// <param name="vaults">Host names of the operator's vaults: no other host is ever sent a token, whatever name a tenant gives its key.</param>
    /// <param name="credential">Who may wrap and unwrap there.</param>
    /// <param name="options">Time limits and retries.</param>
    public KeyVaultKeyEncryptionKeys(IEnumerable<string> vaults, TokenCredential credential, KeyVaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.vaults = new HashSet<string>(vaults, StringComparer.OrdinalIgnoreCase);
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, options.Scope));
    }

    /// <inheritdoc/>
    public IKeyEncryptionKey Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var form = NameForm().Match(name);
        if (!form.Success || !vaults.Contains(form.Groups["vault"].Value))
            throw new TenantKeyUnavailableException("No key encryption key has a name of that form, or of that vault, here.");
        return new KeyVaultKeyEncryptionKey(pipeline, new Uri(name), name);
    }

    [GeneratedRegex(@"\Ahttps://(?<vault>[A-Za-z0-9.-]{1,253})/keys/[A-Za-z0-9-]{1,127}/[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}

/// <summary>How a vault is asked.</summary>
public sealed class KeyVaultOptions : ClientOptions
{
    /// <summary>Two retries and ten seconds for each try: a client waits for its 250 meanwhile (RFC 5321 §4.5.3.2.6 gives it ten minutes).</summary>
    public KeyVaultOptions()
    {
        Retry.MaxRetries = 2;
        Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
    }

    /// <summary>What the token is for. Default that of the public cloud; the others have their own.</summary>
    public string Scope { get; set; } = "https://vault.azure.net/.default";
}
