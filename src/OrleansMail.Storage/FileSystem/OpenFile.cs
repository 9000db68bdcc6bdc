using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>A file that several readers share; it is closed when the last of them has given it back.</summary>
/// <param name="handle">Open for reading; this object's from now on.</param>
internal sealed class OpenFile(SafeFileHandle handle) : IDisposable
{
    private int users = 1;

    /// <summary>What it is read by, until it is given back.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>One more user; only while another is sure to have it.</summary>
    public OpenFile Share()
    {
        Interlocked.Increment(ref users);
        return this;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref users) == 0)
            handle.Dispose();
    }
}
