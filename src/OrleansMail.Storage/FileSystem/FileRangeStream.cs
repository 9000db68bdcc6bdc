using Microsoft.Win32.SafeHandles;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.FileSystem;

/// <summary>A range of a file, forward only. It ends early where the file does.</summary>
internal sealed class FileRangeStream(SafeFileHandle file, string path, long offset, long length) : ForwardStream
{
    private long position = offset;
    private long remaining = length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, remaining);
        if (wanted == 0)
            return 0;
        try
        {
            var read = await RandomAccess.ReadAsync(file, buffer[..wanted], position, cancellationToken);
            position += read;
            remaining -= read;
            return read;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"reading '{path}'");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
