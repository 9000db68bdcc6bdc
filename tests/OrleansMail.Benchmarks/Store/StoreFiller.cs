using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Benchmarks.Append;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Store;

/// <summary>A folder with one partition, and what is put into it.</summary>
internal sealed class StoreFiller : IAsyncDisposable
{
    private const int Block = 20_000;
    private readonly FileSystemObjectStore _store;
    private readonly PartitionFactory _partitions;

    private StoreFiller(FileSystemObjectStore store, PartitionOptions options)
    {
        _store = store;
        _partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>The partition, open.</summary>
    public IPartition Partition { get; private set; } = null!;

    /// <summary>How long it took to open, in milliseconds.</summary>
    public double OpenedIn { get; private set; }

    /// <summary>Opens a folder, made if absent.</summary>
    public static async Task<StoreFiller> OpenAsync(string folder, PartitionOptions options, CancellationToken cancellationToken)
    {
        var filler = new StoreFiller(FileSystemObjectStore.Open(folder), options);
        var began = Stopwatch.GetTimestamp();
        filler.Partition = await filler._partitions.OpenAsync(new PartitionId(StoreManifest.DefaultStore, 0), cancellationToken);
        filler.OpenedIn = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return filler;
    }

    /// <summary>Records messages; each reply is seen to arrive.</summary>
    /// <param name="submissions">Makes them.</param>
    /// <param name="count">How many.</param>
    /// <param name="inFlight">Deliveries that wait at once.</param>
    /// <param name="progress">Told of how many there are, after each block.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Messages per second.</returns>
    public async Task<double> FillAsync(IReadOnlyList<Submissions> submissions, int count, int inFlight, Action<int>? progress, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        for (var done = 0; done < count; done += Block)
        {
            var first = done;
            var next = -1;
            await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(
                async () =>
                {
                    while (Interlocked.Increment(ref next) is var index && index < Math.Min(Block, count - first))
                    {
                        var domain = submissions[submissions.Count == 1 ? 0 : Random.Shared.Next(submissions.Count)];
                        await RecordAsync(domain, cancellationToken);
                    }
                },
                cancellationToken)));
            progress?.Invoke(Math.Min(done + Block, count));
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Partition.DisposeAsync();
        _partitions.Dispose();
        await _store.DisposeAsync();
    }

    // As a gateway does: a partition that can't keep up answers "later", and the client tries again.
    private async Task RecordAsync(Submissions submissions, CancellationToken cancellationToken)
    {
        var submission = submissions.Next();
        while (true)
        {
            try
            {
                await Partition.RecordAsync(submissions.Domain, submission, cancellationToken);
                Partition.MarkSeen([submission.Id]);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }
}
