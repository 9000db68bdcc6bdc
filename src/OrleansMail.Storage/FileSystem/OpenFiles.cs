using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// Files that were read last stay open, up to a number, since opening one takes longer than reading a page of a mailbox from the page cache. What has a path is not
/// changed but by this store, which says so (<see cref="Forget"/>) when another file, or none, has it.
/// </summary>
/// <param name="capacity">Files that are kept open at most, besides those in use.</param>
internal sealed class OpenFiles(int capacity) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, OpenFile File)>> byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, OpenFile File)> byUse = new(); // the one used last is first
    private long forgotten;
    private bool isClosed;

    /// <summary>A file; the caller gives it back.</summary>
    /// <param name="path">Its path in the store.</param>
    /// <param name="open">Opens it when it is not open.</param>
    public OpenFile Take(string path, Func<string, SafeFileHandle> open)
    {
        long before;
        lock (gate)
        {
            if (Find(path) is { } held)
                return held;
            before = forgotten;
        }

        var opened = new OpenFile(open(path)); // may take as long as the disk likes
        OpenFile? oldest = null;
        lock (gate)
        {
            // What was forgotten meanwhile may be the very file that was opened: this reader has it as before, but no other.
            if (isClosed || forgotten != before || byPath.ContainsKey(path))
                return opened;
            byPath.Add(path, byUse.AddFirst((path, opened.Share())));
            if (byUse.Count > capacity)
                oldest = Remove(byUse.Last!);
        }

        oldest?.Dispose();
        return opened;
    }

    /// <summary>A path has another file now, or none. Who has the one before reads on.</summary>
    public void Forget(string path)
    {
        OpenFile? file;
        lock (gate)
        {
            forgotten++;
            file = byPath.TryGetValue(path, out var node) ? Remove(node) : null;
        }

        file?.Dispose();
    }

    /// <summary>Keeps nothing open any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            foreach (var (_, file) in byUse)
                file.Dispose();
            byUse.Clear();
            byPath.Clear();
        }
    }

    private OpenFile? Find(string path)
    {
        if (!byPath.TryGetValue(path, out var node))
            return null;
        byUse.Remove(node);
        byUse.AddFirst(node);
        return node.Value.File.Share();
    }

    private OpenFile Remove(LinkedListNode<(string Path, OpenFile File)> node)
    {
        byPath.Remove(node.Value.Path);
        byUse.Remove(node);
        return node.Value.File;
    }
}
