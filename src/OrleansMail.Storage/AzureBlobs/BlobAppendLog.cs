using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>
/// An append blob. The service checks the position, so any number of processes may try. An append is sent once: when its answer is
/// lost (<see cref="StoreUnavailableException"/>) or a later try conflicts, the caller reads back what stands at the position.
/// </summary>
internal sealed class BlobAppendLog(BlobContainers containers, string path) : IAppendLog
{
    private readonly AppendBlobClient appending = containers.Once.GetAppendBlobClient(path);
    private readonly AppendBlobClient reading = containers.Repeating.GetAppendBlobClient(path);

    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public async ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        // One block up to 100 MiB, which no batch exceeds; of 4 MiB in front of an old service. When a later one fails, the caller finds
        // the first ones in the log and goes on behind them.
        while (!data.IsEmpty)
        {
            var block = data.Slice(0, Math.Min(data.Length, appending.AppendBlobMaxAppendBlockBytes));
            await AppendBlockAsync(position, block, cancellationToken);
            position += block.Length;
            data = data.Slice(block.Length);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> GetLengthAsync(CancellationToken cancellationToken)
    {
        try
        {
            var properties = await reading.GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Value.ContentLength;
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
            return 0;
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(position, buffer.Length) };
            using var download = (await reading.DownloadStreamingAsync(options, cancellationToken)).Value;
            return await download.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (RequestFailedException exception) when (BlobErrors.IsBehindEnd(exception))
        {
            return 0;
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SealAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            await appending.SealAsync(new AppendBlobRequestConditions { IfAppendPositionEqual = length }, cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private async ValueTask AppendBlockAsync(long position, ReadOnlySequence<byte> block, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = new SequenceStream(block);
            var options = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = position } };
            await appending.AppendBlockAsync(content, options, cancellationToken);
        }
        catch (Exception exception) when (BlobErrors.IsService(exception, cancellationToken))
        {
            throw BlobErrors.Translate(exception, path);
        }
    }
}
