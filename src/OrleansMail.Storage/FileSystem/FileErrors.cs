using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>What a failed file operation means to the caller of a store.</summary>
internal static class FileErrors
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaLinux = 122; // EDQUOT
    private const int QuotaMac = 69; // EDQUOT
    private const int DiskFull = unchecked((int)0x80070070); // ERROR_DISK_FULL
    private const int HandleDiskFull = unchecked((int)0x80070027); // ERROR_HANDLE_DISK_FULL

    /// <summary>Whether the failure says that the volume, or the owner's share of it, is full.</summary>
    public static bool IsFull(Exception exception) =>
        exception is IOException { HResult: NoSpace or DiskFull or HandleDiskFull }
        || exception is IOException { HResult: QuotaLinux or QuotaMac } && !OperatingSystem.IsWindows();

    /// <summary>Whether the failure is one of the volume, not of the program; or the store was closed meanwhile, and its files with it.</summary>
    public static bool IsVolume(Exception exception) => exception is IOException or UnauthorizedAccessException or ObjectDisposedException;

    /// <summary>The store's exception for a failure of the volume.</summary>
    public static StoreUnavailableException Translate(Exception exception, string doing) => IsFull(exception)
        ? new StoreFullException($"There is no room for {doing}.", exception)
        : new StoreUnavailableException($"Failed at {doing}: {exception.Message}", exception);
}
