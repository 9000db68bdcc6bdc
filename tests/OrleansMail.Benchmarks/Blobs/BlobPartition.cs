using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Benchmarks.Append;
using OrleansMail.Benchmarks.Load;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>A partition as the server uses it, on append blobs, that gets messages at one rate.</summary>
internal sealed class BlobPartition(AzureBlobObjectStore store, SlowTransport transport, PartitionOptions options, int number, double perSecond, int size) : IAsyncDisposable
{
    private readonly PartitionFactory _partitions = new(store, options, TimeProvider.System, NullLoggerFactory.Instance);
    private readonly Submissions _submissions = new(size, mailboxes: 100);
    private IPartition? _partition;

    public double PerSecond => perSecond;

    public List<BlobSample> Samples { get; } = [];

    /// <summary>Opens the partition and runs its code hot.</summary>
    public async Task StartAsync(TimeSpan warmUp, CancellationToken cancellationToken)
    {
        _partition = await _partitions.OpenAsync(new PartitionId(StoreManifest.DefaultStore, number), cancellationToken);
        await new Arrivals(_partition, _submissions, perSecond, number).RunAsync(warmUp, cancellationToken);
    }

    /// <summary>Measures one round.</summary>
    public async Task<BlobSample> MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        transport.TakeTimes();
        var before = transport.Count;
        var durable = await new Arrivals(_partition!, _submissions, perSecond, Samples.Count).RunAsync(duration, cancellationToken);
        var sample = new BlobSample(durable.Count, transport.Count - before, Percentiles.Of(durable), Percentiles.Of(transport.TakeTimes()));
        Samples.Add(sample);
        return sample;
    }

    /// <summary>Reads a page of messages and the raw octets of each; operations for each message.</summary>
    public async Task<double> ReadBackAsync(CancellationToken cancellationToken)
    {
        const int page = 100;
        var before = transport.Count;
        var payloads = new PayloadStore(store);
        var messages = await _partition!.ListAsync(_submissions.Domain, _submissions.Mailboxes[0].Incarnation, 0, page, cancellationToken);
        foreach (var message in messages.Items)
        {
            await using var raw = await payloads.OpenReadAsync(message.Location, 0, message.Location.Length, cancellationToken);
            await raw.CopyToAsync(Stream.Null, cancellationToken);
        }

        return (double)(transport.Count - before).Reads / Math.Max(1, messages.Items.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_partition is not null)
            await _partition.DisposeAsync();
    }
}
