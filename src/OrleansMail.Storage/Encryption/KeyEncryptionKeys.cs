using Azure.Identity;

namespace OrleansMail.Storage.Encryption;

/// <summary>Key encryption keys by name: <c>file:NAME</c> in a folder, or the address of a key in a vault, reached by the process's own identity.</summary>
/// <param name="folder">The operator's folder; null when there is none.</param>
public sealed class KeyEncryptionKeys(string? folder) : IKeyEncryptionKeys
{
    private readonly FileKeyEncryptionKeys files = new(folder);
    private readonly Lazy<VaultKeyEncryptionKeys> vaults = new(static () => new VaultKeyEncryptionKeys(new DefaultAzureCredential(), null));

    /// <inheritdoc/>
    public IKeyEncryptionKey Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith("https:", StringComparison.Ordinal) ? vaults.Value.Find(name) : files.Find(name);
    }
}
