using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>What makes files and their names survive a loss of power, where .NET has no call for it.</summary>
internal static partial class DurableFile
{
    private const int Interrupted = 4; // EINTR
    private const int ReadOnly = 0; // O_RDONLY
    private const int LockExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB

    /// <summary>Makes what was written to a file durable; its length too, its times not.</summary>
    /// <exception cref="IOException">It may be lost, and a second try can't tell: the kernel reports a failed write-back once.</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        int result;
        do
            result = DataSync(file);
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (result != 0)
            throw LastError("fdatasync");
    }

    /// <summary>Makes the names in a directory durable: a new, renamed or deleted file is so only then.</summary>
    public static void SyncDirectory(string directory)
    {
        // Windows journals names itself and has no call for it.
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw LastError("open");
        try
        {
            if (Sync(descriptor) != 0)
                throw LastError("fsync");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives a file a second name; false where the volume, or the system, has no hard links.</summary>
    public static bool TryLink(string source, string destination) => !OperatingSystem.IsWindows() && Link(source, destination) == 0;

    /// <summary>
    /// Takes the exclusive lock of an open file, which ends with the process. Opening without sharing does that too, but stays silent
    /// where the volume has no locks.
    /// </summary>
    /// <exception cref="IOException">It is taken, or there are no locks.</exception>
    public static void Lock(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows() && FileLock(file, LockExclusiveNow) != 0)
            throw LastError("flock");
    }

    private static IOException LastError(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string destination);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);
}
