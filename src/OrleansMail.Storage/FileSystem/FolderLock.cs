using System.Globalization;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>Holds a folder for this process. The system ends the lock with the process, however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    // No path of a store has a tilde, so these never meet what is stored.
    private const string LockName = "~lock";
    private const string OwnerName = "~owner";

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes a folder that exists.</summary>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreUnavailableException">It can't be written.</exception>
    public static FolderLock Take(string folder)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            DurableFile.Lock(file.SafeFileHandle);
            // Beside the lock, not in it: a locked file can't be read everywhere. It means something only while the lock is held.
            File.WriteAllText(Path.Combine(folder, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new FolderLock(file);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            file?.Dispose();
            throw IsLocked(exception)
                ? new StoreLockedException(folder, ReadOwner(folder), exception)
                : FileErrors.Translate(exception, $"locking the folder '{folder}'");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static bool IsLocked(Exception exception) => exception.HResult switch
    {
        unchecked((int)0x80070020) => true, // ERROR_SHARING_VIOLATION
        11 => OperatingSystem.IsLinux(), // EWOULDBLOCK
        35 => !OperatingSystem.IsLinux(), // EWOULDBLOCK of the BSDs
        _ => false,
    };

    private static int? ReadOwner(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, OwnerName));
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            return null;
        }
    }
}
