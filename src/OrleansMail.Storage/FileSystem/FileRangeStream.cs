using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.FileSystem;

/// <summary>A range of a file, forward only. It ends early where the file does.</summary>
/// <param name="file">The file; the stream gives it back.</param>
/// <param name="path">Its path in the store.</param>
/// <param name="offset">Where the range begins.</param>
/// <param name="length">Its octets.</param>
internal sealed class FileRangeStream(OpenFile file, string path, long offset, long length) : ForwardStream
{
    private long position = offset;
    private long remaining = length;
    private bool isGivenBack;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isGivenBack, this);
        var wanted = buffer[..(int)Math.Min(buffer.Length, remaining)];
        if (wanted.IsEmpty)
            return new(0);
        return !cancellationToken.IsCancellationRequested && PageCache.TryRead(file.Handle, wanted.Span, position, out var read)
            ? new(Advance(read))
            : ReadFromDiskAsync(wanted, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !isGivenBack)
        {
            isGivenBack = true;
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadFromDiskAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return Advance(await RandomAccess.ReadAsync(file.Handle, buffer, position, cancellationToken));
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"reading '{path}'");
        }
    }

    private int Advance(int read)
    {
        position += read;
        remaining -= read;
        return read;
    }
}
