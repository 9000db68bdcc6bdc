using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>Copies an object inside the service.</summary>
internal sealed class BlobCopy(BlobContainers containers, long maxCopyLength)
{
    private const long MaxBlockLength = 100L << 20;
    private static readonly BlobRequestConditions New = new() { IfNoneMatch = ETag.All };

    /// <summary>Makes the copy, whole or not at all.</summary>
    public async Task CopyAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var properties = await containers.Repeating.GetBlobBaseClient(source).GetPropertiesAsync(cancellationToken: cancellationToken);
        var (address, authorization) = await containers.ReadAccessAsync(source, cancellationToken);
        if (properties.Value.ContentLength <= maxCopyLength)
        {
            var options = new BlobCopyFromUriOptions { DestinationConditions = New, SourceAuthentication = authorization };
            await containers.Once.GetBlobBaseClient(destination).SyncCopyFromUriAsync(address, options, cancellationToken);
        }
        else
        {
            await CopyBlocksAsync(address, authorization, properties.Value.ContentLength, destination, cancellationToken);
        }
    }

    private async Task CopyBlocksAsync(Uri source, HttpAuthorization? authorization, long length, string destination, CancellationToken cancellationToken)
    {
        var staging = containers.Repeating.GetBlockBlobClient(destination);
        var ids = BlockIds.Create();
        var blocks = new List<string>();
        var blockLength = Math.Min(MaxBlockLength, maxCopyLength);
        for (long offset = 0; offset < length; offset += blockLength)
        {
            var id = ids.Of(blocks.Count);
            var options = new StageBlockFromUriOptions { SourceRange = new HttpRange(offset, Math.Min(blockLength, length - offset)), SourceAuthentication = authorization };
            await staging.StageBlockFromUriAsync(source, id, options, cancellationToken);
            blocks.Add(id);
        }

        await containers.Once.GetBlockBlobClient(destination).CommitBlockListAsync(blocks, new CommitBlockListOptions { Conditions = New }, cancellationToken);
    }
}
