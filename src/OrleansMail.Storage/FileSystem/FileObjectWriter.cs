using Microsoft.Win32.SafeHandles;

namespace OrleansMail.Storage.FileSystem;

/// <summary>Streams an object into a temporary file and gives it its name at the commit.</summary>
internal sealed class FileObjectWriter : IObjectWriter
{
    private readonly FileSystemObjectStore store;
    private readonly string path;
    private readonly string temporary;
    private readonly SafeFileHandle file;
    private long length;
    private bool published;

    /// <summary>Makes the temporary file.</summary>
    public FileObjectWriter(FileSystemObjectStore store, string path, string temporary)
    {
        this.store = store;
        this.path = path;
        this.temporary = temporary;
        file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(file, data, length, cancellationToken);
            length += data.Length;
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            throw FileErrors.Translate(exception, $"the object '{path}'");
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await store.PublishAsync(path, temporary, file, cancellationToken);
        published = true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        try
        {
            if (!published)
                File.Delete(temporary);
        }
        catch (Exception exception) when (FileErrors.IsVolume(exception))
        {
            // The next start removes it.
        }

        return default;
    }
}
