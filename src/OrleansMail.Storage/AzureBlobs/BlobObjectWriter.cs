using System.Buffers;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>
/// Streams an object as blocks that nobody sees before they are committed; one block is held in memory. What is given up is
/// removed by the service.
/// </summary>
internal sealed class BlobObjectWriter(BlobContainers containers, string path) : IObjectWriter
{
    private const int BlockLength = 4 << 20;
    private static readonly BlobRequestConditions New = new() { IfNoneMatch = Azure.ETag.All };

    private readonly BlockBlobClient staging = containers.Repeating.GetBlockBlobClient(path);
    private readonly BlockBlobClient committing = containers.Once.GetBlockBlobClient(path);
    private readonly List<string> blocks = [];
    private readonly BlockIds ids = BlockIds.Create();
    private byte[]? block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private int filled;

    private byte[] Block => block ?? throw new ObjectDisposedException(nameof(BlobObjectWriter));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            if (filled == BlockLength)
                await StageAsync(cancellationToken);
            var part = data[..Math.Min(data.Length, BlockLength - filled)];
            part.CopyTo(Block.AsMemory(filled));
            filled += part.Length;
            data = data[part.Length..];
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            // What fits into one block needs one request.
            if (blocks.Count == 0)
            {
                await committing.UploadAsync(Content(), new BlobUploadOptions { Conditions = New }, cancellationToken);
                return;
            }

            if (filled > 0)
                await StageAsync(cancellationToken);
            await committing.CommitBlockListAsync(blocks, new CommitBlockListOptions { Conditions = New }, cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref block, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        return default;
    }

    private MemoryStream Content() => new(Block, 0, filled, writable: false);

    private async ValueTask StageAsync(CancellationToken cancellationToken)
    {
        var id = ids.Of(blocks.Count);
        try
        {
            await staging.StageBlockAsync(id, Content(), cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }

        blocks.Add(id);
        filled = 0;
    }
}
