using System.Text.RegularExpressions;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// Key encryption keys in files of one folder: <c>file:NAME</c>. A name is <c>[a-z0-9][a-z0-9.-]{0,62}</c> and never a path. Removing
/// a file revokes the key.
/// </summary>
/// <param name="folder">The operator's folder; null when there is none.</param>
public sealed partial class FileKeyEncryptionKeys(string? folder) : IKeyEncryptionKeys
{
    private const string Scheme = "file:";

    /// <inheritdoc/>
    public IKeyEncryptionKey Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (folder is null || !name.StartsWith(Scheme, StringComparison.Ordinal) || !NameForm().IsMatch(name.AsSpan(Scheme.Length)))
            throw new TenantKeyUnavailableException("No key encryption key has a name of that form here.");
        return new FileKeyEncryptionKey(Path.Combine(folder, name[Scheme.Length..]), name);
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
