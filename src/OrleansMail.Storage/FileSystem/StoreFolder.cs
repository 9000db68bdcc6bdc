using System.Collections.Concurrent;
using System.Globalization;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.FileSystem;

/// <summary>A folder held by this process: where paths and temporary files lie, and how they become durable.</summary>
internal sealed class StoreFolder : IDisposable
{
    private const string TemporaryName = "~tmp";
    private const long MaxReserve = 64L << 20;
    private const int ReserveShare = 16;
    private const int MaxKnownDirectories = 10_000;

    // Directories whose own names this process has made durable: each is synced once, not with every file in it.
    private readonly ConcurrentDictionary<string, bool> durableDirectories = new(StringComparer.Ordinal);
    private readonly FolderLock folderLock;
    private readonly string temporary;
    private long temporaryNumber;
    private volatile bool isClosed;

    private StoreFolder(string root, FolderLock folderLock)
    {
        Root = root;
        this.folderLock = folderLock;
        temporary = Path.Combine(root, TemporaryName);
    }

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>Takes a folder, made if absent, and removes what a crash left half written.</summary>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreUnavailableException">It can't be made or written.</exception>
    public static StoreFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            Make(root);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"making the folder '{root}'");
        }

        var folder = new StoreFolder(root, FolderLock.Take(root));
        try
        {
            folder.Prepare();
            return folder;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            folder.Dispose();
            throw FileErrors.Translate(exception, $"preparing the folder '{root}'");
        }
    }

    /// <summary>The file of a store's path.</summary>
    /// <exception cref="ArgumentException">It is not a path of a store.</exception>
    /// <exception cref="StoreUnavailableException">The folder is given back.</exception>
    public string Resolve(string path)
    {
        StorePath.Check(path);
        ThrowIfClosed();
        return Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));
    }

    /// <summary>Fails once the folder is given back: another process may have it.</summary>
    /// <exception cref="StoreUnavailableException">It is.</exception>
    public void ThrowIfClosed()
    {
        if (isClosed)
            throw new StoreUnavailableException($"The folder '{Root}' is closed.");
    }

    /// <summary>A name for a file that is not there yet to anyone: on the same volume, removed at the next start when it stays.</summary>
    public string NewTemporary() =>
        Path.Combine(temporary, Interlocked.Increment(ref temporaryNumber).ToString("x", CultureInfo.InvariantCulture));

    /// <summary>Gives a synced temporary file its name, in place of what has it.</summary>
    public void Publish(string temporaryFile, string file)
    {
        EnsureDirectoryOf(file);
        File.Move(temporaryFile, file, overwrite: true);
        DurableFile.SyncDirectory(Path.GetDirectoryName(file)!);
    }

    /// <summary>Makes the directories above a file exist and durable.</summary>
    public void EnsureDirectoryOf(string file) => EnsureDirectory(Path.GetDirectoryName(file)!);

    /// <summary>Whether this many octets more leave the volume a reserve: 64 MiB, or a sixteenth of a small volume.</summary>
    public bool HasRoom(long octets)
    {
        var volume = new DriveInfo(Root);
        var reserve = Math.Min(MaxReserve, volume.TotalSize / ReserveShare);
        return volume.AvailableFreeSpace - reserve >= octets;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isClosed = true;
        folderLock.Dispose();
    }

    private void Prepare()
    {
        Directory.CreateDirectory(temporary);
        foreach (var leftover in Directory.EnumerateFiles(temporary))
            File.Delete(leftover);
        DurableFile.SyncDirectory(Root);
    }

    // What is there already may lie in a directory that this process may not read: only what is made is synced.
    private static void Make(string directory)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(directory);
        if (parent is not null)
            Make(parent);
        Directory.CreateDirectory(directory);
        if (parent is not null)
            DurableFile.SyncDirectory(parent);
    }

    private void EnsureDirectory(string directory)
    {
        if (directory.Length <= Root.Length || durableDirectories.ContainsKey(directory))
            return;
        var parent = Path.GetDirectoryName(directory)!;
        EnsureDirectory(parent);
        Directory.CreateDirectory(directory);
        DurableFile.SyncDirectory(parent);
        if (durableDirectories.Count >= MaxKnownDirectories)
            durableDirectories.Clear();
        durableDirectories[directory] = true;
    }
}
