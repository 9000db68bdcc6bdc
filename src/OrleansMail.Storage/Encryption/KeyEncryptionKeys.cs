namespace OrleansMail.Storage.Encryption;

/// <summary>Key encryption keys of vaults by names that begin with <c>https://</c>, and of files by all others.</summary>
/// <param name="files">Those in files.</param>
/// <param name="vaults">Those in vaults; null when there are none.</param>
public sealed class KeyEncryptionKeys(IKeyEncryptionKeys files, IKeyEncryptionKeys? vaults) : IKeyEncryptionKeys
{
    /// <inheritdoc/>
    public IKeyEncryptionKey Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return vaults is not null && name.StartsWith("https://", StringComparison.Ordinal) ? vaults.Find(name) : files.Find(name);
    }
}
