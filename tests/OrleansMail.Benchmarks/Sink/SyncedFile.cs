using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// A file of fixed length, filled with zeros ahead of time so that a write to it changes no metadata and a sync writes nothing but
/// the data. Full, it goes on at its start: the sink's measure is the way to the disk, nobody reads it back.
/// </summary>
internal sealed partial class SyncedFile : IDisposable
{
    private const int Block = 1024 * 1024;
    private readonly SafeFileHandle _file;
    private readonly long _length;
    private long _position;

    public SyncedFile(string path, long length)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        _length = length;
        var zeros = new byte[Block];
        for (long at = 0; at < length; at += Block)
            RandomAccess.Write(_file, zeros.AsSpan(0, (int)Math.Min(Block, length - at)), at);
        RandomAccess.FlushToDisk(_file);
    }

    /// <summary>Writes behind the previous write and returns when it is on stable storage.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _length)
            throw new IOException("A batch is longer than the file.");
        if (_position + octets.Length > _length)
            _position = 0;
        RandomAccess.Write(_file, octets, _position);
        if (FDataSync(_file) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        _position += octets.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // FlushToDisk is fsync, which also commits the modification time to the journal: about twice the cost.
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FDataSync(SafeFileHandle file);
}
