using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>
/// A store in a container of the Azure Blob service, shared by the silos of a cluster: values and objects are block blobs, logs are
/// append blobs, and the service keeps all conditions. A conditional write whose answer is lost is
/// <see cref="StoreUnavailableException"/>: it may have happened.
/// </summary>
public sealed class AzureBlobObjectStore : IObjectStore
{
    // Longer than any blob: to the end.
    private const long MaxRange = 1L << 50;

    private readonly BlobContainers containers;
    private readonly BlobCopy copy;

    private AzureBlobObjectStore(BlobContainers containers, BlobCopy copy)
    {
        this.containers = containers;
        this.copy = copy;
    }

    /// <inheritdoc/>
    public string Description => $"{containers.Once.AccountName}/{containers.Once.Name}";

    /// <summary>Opens a container, made if absent.</summary>
    /// <exception cref="FormatException">The connection is neither a connection string nor an https address.</exception>
    /// <exception cref="StoreUnavailableException">The service can't be reached, or refuses.</exception>
    public static async Task<AzureBlobObjectStore> OpenAsync(AzureBlobStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var containers = new BlobContainers(options, time);
        var store = new AzureBlobObjectStore(containers, new BlobCopy(containers, options.MaxCopyLength));
        // Asked first: an identity that may use the container need not have the right to make one.
        if (!options.Exists && !await TranslatedAsync(store.Description, async () => (await containers.Repeating.ExistsAsync(cancellationToken)).Value, cancellationToken))
            await TranslatedAsync(store.Description, () => containers.Repeating.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);
        return store;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        return await TranslatedAsync(path, async () =>
        {
            try
            {
                var download = (await containers.Repeating.GetBlobBaseClient(path).DownloadContentAsync(cancellationToken)).Value;
                return new StoredValue(download.Content.ToMemory(), download.Details.ETag.ToString());
            }
            catch (RequestFailedException exception) when (BlobErrors.IsMissing(exception))
            {
                return null;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        var options = new BlobUploadOptions { Conditions = ifMatch is null ? new() { IfNoneMatch = ETag.All } : Match(ifMatch) };
        return await TranslatedAsync(path, async () =>
        {
            await using var content = new SequenceStream(new(value));
            return (await containers.Once.GetBlockBlobClient(path).UploadAsync(content, options, cancellationToken)).Value.ETag.ToString();
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        var blob = containers.Repeating.GetBlobBaseClient(path);
        await TranslatedAsync(path, async () =>
        {
            try
            {
                await blob.DeleteAsync(conditions: ifMatch is null ? null : Match(ifMatch), cancellationToken: cancellationToken);
                return true;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsMissing(exception))
            {
                return false;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsUnmet(exception))
            {
                // Azurite says so of a missing blob too.
                if ((await blob.ExistsAsync(cancellationToken)).Value)
                    throw;
                return false;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        StorePath.CheckPrefix(prefix);
        return ListAsync(new GetBlobsOptions { Prefix = prefix, StartFrom = after }, after, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        return ValueTask.FromResult<IObjectWriter>(new BlobObjectWriter(containers, path));
    }

    /// <inheritdoc/>
    public async ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken)
    {
        StorePath.Check(source);
        StorePath.Check(destination);
        await TranslatedAsync(destination, async () =>
        {
            try
            {
                await copy.CopyAsync(source, destination, cancellationToken);
                return true;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsMissing(exception))
            {
                throw new FileNotFoundException($"'{source}' does not exist.", source, exception);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        return await TranslatedAsync<Stream>(path, async () =>
        {
            var blob = containers.Repeating.GetBlobBaseClient(path);
            try
            {
                // The service has no empty ranges; it is asked only whether there is something.
                if (length == 0)
                {
                    await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
                    return Stream.Null;
                }

                var range = length < MaxRange ? new HttpRange(offset, length) : new HttpRange(offset);
                var download = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellationToken);
                return new BlobRangeStream(path, download.Value.Content);
            }
            catch (RequestFailedException exception) when (BlobErrors.IsBehindEnd(exception))
            {
                return Stream.Null;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsMissing(exception))
            {
                throw new FileNotFoundException($"'{path}' does not exist.", path, exception);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        var options = new AppendBlobCreateOptions { Conditions = new() { IfNoneMatch = ETag.All } };
        await TranslatedAsync(path, () => containers.Once.GetAppendBlobClient(path).CreateAsync(options, cancellationToken), cancellationToken);
        return new BlobAppendLog(containers, path);
    }

    /// <inheritdoc/>
    public async ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken)
    {
        StorePath.Check(path);
        var exists = await TranslatedAsync(path, async () => (await containers.Repeating.GetBlobBaseClient(path).ExistsAsync(cancellationToken)).Value, cancellationToken);
        return exists ? new BlobAppendLog(containers, path) : throw new FileNotFoundException($"'{path}' does not exist.", path);
    }

    /// <summary>The service does not say: yes. A full account is met at the write.</summary>
    public ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private static BlobRequestConditions Match(string etag) => new() { IfMatch = new ETag(etag) };

    private static async Task<T> TranslatedAsync<T>(string path, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (Exception exception) when (exception is not FileNotFoundException && BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    private async IAsyncEnumerable<StoredItem> ListAsync(GetBlobsOptions options, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var items = containers.Repeating.GetBlobsAsync(options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await TranslatedAsync(options.Prefix, async () => await items.MoveNextAsync(), cancellationToken))
        {
            var (name, properties) = (items.Current.Name, items.Current.Properties);
            // The service begins with the path itself, and a service that does not know the option begins at the beginning.
            if (after is null || string.CompareOrdinal(name, after) > 0)
                yield return new StoredItem(name, properties.ContentLength ?? 0, properties.LastModified ?? default);
        }
    }
}
