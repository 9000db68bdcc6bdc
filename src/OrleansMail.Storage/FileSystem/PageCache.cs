using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>
/// Reads what the kernel has in memory, without waiting for a disk: then a read needs no other thread. On Linux only (preadv2(2), RWF_NOWAIT); where there is no such
/// call, or the file system does not know it, everything is read the usual way.
/// </summary>
internal static partial class PageCache
{
    private const int NoWait = 8; // RWF_NOWAIT
    private const int WouldBlock = 11; // EAGAIN
    private const int Interrupted = 4; // EINTR
    private const int Failed = 5; // EIO
    private static volatile bool isUnsupported = !OperatingSystem.IsLinux() || IntPtr.Size != 8;

    /// <summary>Octets that are copied at once at most: the caller's thread does nothing else meanwhile.</summary>
    public const int MaxRead = 256 * 1024;

    /// <summary>Reads what is there without waiting: maybe less than asked for, 0 at the file's end. False when a disk has to be waited for, or anything failed.</summary>
    public static unsafe bool TryRead(SafeFileHandle file, Span<byte> buffer, long offset, out int read)
    {
        read = 0;
        if (isUnsupported || buffer.Length > MaxRead)
            return false;
        try
        {
            fixed (byte* octets = buffer)
            {
                var vector = new Vector { Octets = octets, Length = (nuint)buffer.Length };
                read = (int)Read(file, &vector, 1, offset, NoWait);
            }
        }
        catch (EntryPointNotFoundException)
        {
            isUnsupported = true;
            return false;
        }

        if (read >= 0)
            return true;
        isUnsupported = Marshal.GetLastPInvokeError() is not (WouldBlock or Interrupted or Failed);
        return false;
    }

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    private static unsafe partial nint Read(SafeFileHandle file, Vector* vectors, int count, long offset, int flags);

    private unsafe struct Vector // iovec
    {
        public byte* Octets;
        public nuint Length;
    }
}
