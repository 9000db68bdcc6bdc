using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>A download whose failures are the store's.</summary>
internal sealed class BlobRangeStream(string path, Stream source) : WrappingStream(source)
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Source.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }
}
