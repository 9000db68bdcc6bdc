using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>A download whose failures are the store's.</summary>
internal sealed class BlobRangeStream(string path, Stream source) : ForwardStream
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
