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
            Directory.CreateDirectory(root);
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
    public string Resolve(string path)
    {
        StorePath.Check(path);
        return Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));
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
    public void Dispose() => folderLock.Dispose();

    private void Prepare()
    {
        Directory.CreateDirectory(temporary);
        foreach (var leftover in Directory.EnumerateFiles(temporary))
            File.Delete(leftover);
        DurableFile.SyncDirectory(Root);
        if (Path.GetDirectoryName(Root) is { } parent)
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
