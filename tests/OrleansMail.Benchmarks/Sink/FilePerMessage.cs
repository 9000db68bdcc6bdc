using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// A file for each message, written at once, and file and directory synced: the least for what is too large to be copied behind others.
/// The files go with the sink.
/// </summary>
internal sealed partial class FilePerMessage : ISinkStore
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
    private readonly DirectoryInfo _folder;
    private readonly SafeFileHandle _directory;
    private long _number;

    public FilePerMessage(string folder)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName()));
        _directory = Open(_folder.FullName, ReadOnlyDirectory);
        if (_directory.IsInvalid)
            throw new Win32Exception(Marshal.GetLastPInvokeError());

        // Syncing blocks: the pool must not be so small that the sessions that could go on wait for it.
        ThreadPool.SetMinThreads(MinThreads, MinThreads);
    }

    private static int MinThreads => Environment.ProcessorCount + 32;

    /// <inheritdoc/>
    public ValueTask StoreAsync(in ReadOnlySequence<byte> payload, CommitWaiter waiter)
    {
        var path = Path.Combine(_folder.FullName, Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture));
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: payload.Length))
        {
            RandomAccess.Write(file, Segments(payload), 0);
            RandomAccess.FlushToDisk(file);
        }

        if (FSync(_directory) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_number} files");

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        _folder.Delete(recursive: true);
    }

    private static List<ReadOnlyMemory<byte>> Segments(in ReadOnlySequence<byte> payload)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        foreach (var segment in payload)
            segments.Add(segment);
        return segments;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);
}
