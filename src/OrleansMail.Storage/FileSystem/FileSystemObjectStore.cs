using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// A store in a folder, which belongs to this process while it is open. Everything is durable when its task completes: file, name and
/// the directories above it. Not for folders on a network that several machines write to.
/// </summary>
public sealed class FileSystemObjectStore : IObjectStore
{
    private const int GateCount = 64;
    private const int MaxOpenFiles = 256;

    // Conditions are checked and kept inside the process, which is alone in the folder. Paths share few gates: writes of the
    // same path take turns, those of others only by chance.
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, GateCount).Select(_ => new SemaphoreSlim(1))];
    private readonly StoreFolder folder;
    private readonly LogFiles logs;
    private readonly OpenFiles opened = new(MaxOpenFiles);
    private readonly Func<string, SafeFileHandle> openToRead;

    private FileSystemObjectStore(StoreFolder folder, Action<SafeFileHandle> sync)
    {
        this.folder = folder;
        logs = new LogFiles(sync);
        openToRead = path => OpenExisting(path, static file => File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <inheritdoc/>
    public string Description => folder.Root;

    /// <summary>Opens a folder, made if absent.</summary>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreUnavailableException">It can't be made or written.</exception>
    public static FileSystemObjectStore Open(string folder) => Open(folder, DurableFile.SyncData);

    /// <inheritdoc/>
    public async ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken)
    {
        var file = folder.Resolve(path);
        try
        {
            var value = await File.ReadAllBytesAsync(file, cancellationToken);
            return new StoredValue(value, ETagOf(value));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"reading '{path}'");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        var file = folder.Resolve(path);
        await ExclusivelyAsync(path, $"writing '{path}'", () =>
        {
            if (ifMatch is null ? File.Exists(file) : !Matches(file, ifMatch))
                throw new StoreConflictException($"'{path}' was written by someone else.");
            Replace(file, value.Span);
            opened.Forget(path);
        }, cancellationToken);
        return ETagOf(value.Span);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken)
    {
        var file = folder.Resolve(path);
        await ExclusivelyAsync(path, $"deleting '{path}'", () =>
        {
            if (!File.Exists(file))
                return;
            if (ifMatch is not null && !Matches(file, ifMatch))
                throw new StoreConflictException($"'{path}' was written by someone else.");
            File.Delete(file);
            opened.Forget(path);
            DurableFile.SyncDirectory(Path.GetDirectoryName(file)!);
            logs.Forget(path);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        Objects.StorePath.CheckPrefix(prefix);
        return new FolderListing(folder.Root, prefix, after).ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken)
    {
        folder.Resolve(path);
        try
        {
            return ValueTask.FromResult<IObjectWriter>(new FileObjectWriter(this, path, folder.NewTemporary()));
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"the object '{path}'");
        }
    }

    /// <inheritdoc/>
    public async ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var (from, to) = (folder.Resolve(source), folder.Resolve(destination));
        await ExclusivelyAsync(destination, $"copying '{source}'", () =>
        {
            if (!File.Exists(from))
                throw new FileNotFoundException($"'{source}' does not exist.", source);
            ThrowIfExists(to, destination);
            folder.EnsureDirectoryOf(to);
            if (DurableFile.TryLink(from, to))
                DurableFile.SyncDirectory(Path.GetDirectoryName(to)!);
            else
                Duplicate(from, to);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return ValueTask.FromResult<Stream>(new FileRangeStream(opened.Take(path, openToRead), path, offset, length));
    }

    /// <inheritdoc/>
    public async ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken)
    {
        var file = folder.Resolve(path);
        FileAppendLog? log = null;
        try
        {
            await ExclusivelyAsync(path, $"the log '{path}'", () =>
            {
                ThrowIfExists(file, path);
                folder.EnsureDirectoryOf(file);
                log = logs.Create(path, file);
                DurableFile.SyncDirectory(Path.GetDirectoryName(file)!);
            }, cancellationToken);
            return log!;
        }
        catch when (log is not null)
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IAppendLog>(OpenExisting(path, file => logs.Open(path, file)));

    /// <inheritdoc/>
    public ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult(folder.HasRoom(octets));
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, "measuring free space");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        logs.Dispose();
        opened.Dispose();
        return default;
    }

    /// <summary>Opens a folder with another way to make a log's data durable: a test's, that fails.</summary>
    internal static FileSystemObjectStore Open(string folder, Action<SafeFileHandle> sync) => new(StoreFolder.Open(folder), sync);

    /// <summary>Makes a temporary file durable and gives it its name, which must be free.</summary>
    internal async Task PublishAsync(string path, string temporary, SafeFileHandle content, CancellationToken cancellationToken)
    {
        var file = folder.Resolve(path);
        // A large file's sync takes long: outside the gate.
        await Task.Run(() => Translated($"the object '{path}'", () => RandomAccess.FlushToDisk(content)), cancellationToken);
        await ExclusivelyAsync(path, $"the object '{path}'", () =>
        {
            ThrowIfExists(file, path);
            folder.Publish(temporary, file);
        }, cancellationToken);
    }

    private static string ETagOf(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(SHA256.HashData(value).AsSpan(0, 16));

    private static bool Matches(string file, string etag) => File.Exists(file) && ETagOf(File.ReadAllBytes(file)) == etag;

    private static void ThrowIfExists(string file, string path)
    {
        if (File.Exists(file))
            throw new StoreConflictException($"'{path}' exists.");
    }

    private static void Translated(string doing, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is not FileNotFoundException && FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, doing);
        }
    }

    private T OpenExisting<T>(string path, Func<string, T> open)
    {
        var file = folder.Resolve(path);
        try
        {
            return open(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"'{path}' does not exist.", path, exception);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"opening '{path}'");
        }
    }

    // Syncs block for as long as the disk likes: on a thread of the pool, not on a grain's.
    private async Task ExclusivelyAsync(string path, string doing, Action work, CancellationToken cancellationToken)
    {
        var gate = gates[(uint)StringComparer.Ordinal.GetHashCode(path) % GateCount];
        await gate.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(() => Translated(doing, () =>
            {
                folder.ThrowIfClosed(); // while it waited for its turn
                work();
            }), CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    private void Replace(string file, ReadOnlySpan<byte> value)
    {
        var temporary = folder.NewTemporary();
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite); // keys are among the values
                RandomAccess.Write(handle, value, 0);
                RandomAccess.FlushToDisk(handle);
            }

            folder.Publish(temporary, file);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private void Duplicate(string from, string to)
    {
        var temporary = folder.NewTemporary();
        try
        {
            File.Copy(from, temporary);
            using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
                RandomAccess.FlushToDisk(handle);
            folder.Publish(temporary, to);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
