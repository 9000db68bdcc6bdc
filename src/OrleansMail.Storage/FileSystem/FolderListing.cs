using System.IO.Enumeration;
using System.Runtime.CompilerServices;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// Walks a folder in ordinal order of paths. One directory's names are held in memory at a time for each level; directories
/// that lie wholly before or outside what is wanted are not read.
/// </summary>
internal sealed class FolderListing(string root, string prefix, string? after)
{
    /// <summary>The items, from the deepest directory that the prefix names.</summary>
    public IAsyncEnumerable<StoredItem> ReadAsync(CancellationToken cancellationToken) =>
        ReadAsync(prefix[..(prefix.LastIndexOf('/') + 1)], cancellationToken);

    private async IAsyncEnumerable<StoredItem> ReadAsync(string directory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var key in await Task.Run(() => ReadNames(directory), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = directory + key;
            if (!path.EndsWith('/'))
            {
                if (ToItem(path) is { } item)
                    yield return item;
                continue;
            }

            await foreach (var item in ReadAsync(path, cancellationToken))
                yield return item;
        }
    }

    /// <summary>The wanted names of a directory, in order; one that ends in a slash is a directory, and sorts as its content does.</summary>
    private List<string> ReadNames(string directory)
    {
        var names = new List<string>();
        try
        {
            names.AddRange(new FileSystemEnumerable<string>(
                Path.Combine(root, directory),
                static (ref FileSystemEntry entry) => entry.IsDirectory ? $"{entry.FileName}/" : entry.FileName.ToString())
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => IsWanted(directory, entry.FileName, entry.IsDirectory),
            });
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever stored there, or its last file has just gone.
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"listing '{directory}'");
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private bool IsWanted(string directory, ReadOnlySpan<char> name, bool isDirectory)
    {
        // The store's own files (lock, temporary files) begin with a tilde, which no path has.
        if (name[0] == '~')
            return false;
        var path = isDirectory ? $"{directory}{name}/" : $"{directory}{name}";
        if (!path.StartsWith(prefix, StringComparison.Ordinal) && !(isDirectory && prefix.StartsWith(path, StringComparison.Ordinal)))
            return false;
        return after is null
            || string.CompareOrdinal(path, after) > 0
            || (isDirectory && after.StartsWith(path, StringComparison.Ordinal));
    }

    private StoredItem? ToItem(string path)
    {
        var file = new FileInfo(Path.Combine(root, path));
        return file.Exists ? new StoredItem(path, file.Length, file.LastWriteTimeUtc) : null;
    }
}
