using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Append;

/// <summary>A store of its own with one partition that has records already, and the measure of what further ones cost.</summary>
internal sealed class AppendWorker(FileSystemObjectStore store, AppendWorkload workload) : IDisposable
{
    private readonly PartitionFactory _partitions = new(store, PartitionOptions.ForFolder(), TimeProvider.System, NullLoggerFactory.Instance);
    private Submissions _submissions = new(workload.Size, mailboxes: 100);
    private IPartition? _partition;
    private int _opened;

    /// <summary>Runs the code hot on another partition, then fills the one that is measured.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using (var other = await OpenAsync(cancellationToken))
            await FillAsync(other, workload.WarmUp, cancellationToken);
        _partition = await OpenAsync(cancellationToken);
        await FillAsync(_partition, workload.Records, cancellationToken);
        GC.Collect();
    }

    /// <summary>Appends one block and says what it cost. A partition measured as empty is a new one each time.</summary>
    public async Task<AppendSample> MeasureAsync(CancellationToken cancellationToken)
    {
        var submissions = _submissions.Take(workload.Block);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        await AppendAsync(_partition!, submissions, workload.InFlight, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        var octets = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (workload.Records == 0)
            await RenewAsync(cancellationToken);
        return new(cpuSeconds * 1e6 / submissions.Length, (double)octets / submissions.Length, submissions.Length / seconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _partitions.Dispose();

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        await _partition!.DisposeAsync();
        _partition = await OpenAsync(cancellationToken);
    }

    // A domain is of one partition: each has one of its own.
    private Task<IPartition> OpenAsync(CancellationToken cancellationToken)
    {
        _submissions = new(workload.Size, mailboxes: 100);
        return _partitions.OpenAsync(new PartitionId(StoreManifest.DefaultStore, _opened++), cancellationToken);
    }

    private async Task FillAsync(IPartition partition, int records, CancellationToken cancellationToken)
    {
        const int atOnce = 256;
        for (var left = records; left > 0; left -= workload.Block)
            await AppendAsync(partition, _submissions.Take(Math.Min(left, workload.Block)), atOnce, cancellationToken);
    }

    private async Task AppendAsync(IPartition partition, MessageSubmission[] submissions, int inFlight, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(DeliverAsync, cancellationToken)));

        async Task DeliverAsync()
        {
            while (Interlocked.Increment(ref next) is var index && index < submissions.Length)
            {
                var receipt = await partition.RecordAsync(_submissions.Domain, submissions[index], cancellationToken);
                if (receipt.Outcome != RecordOutcome.Recorded)
                    throw new InvalidOperationException($"A submission was answered {receipt.Outcome}.");

                // As the gateway does when the client goes on: what stays unseen is kept for repeats.
                partition.MarkSeen([submissions[index].Id]);
            }
        }
    }
}

/// <summary>What a worker does.</summary>
/// <param name="Records">Records that are there before the measure.</param>
/// <param name="Block">Records of one measure.</param>
/// <param name="InFlight">Deliveries that wait at once.</param>
/// <param name="Size">Octets of a payload.</param>
/// <param name="WarmUp">Records appended elsewhere first, so that all workers run equally compiled code.</param>
internal sealed record AppendWorkload(int Records, int Block, int InFlight, int Size, int WarmUp);

/// <summary>What a block cost, for each of its records.</summary>
internal sealed record AppendSample(double CpuMicroseconds, double AllocatedBytes, double RecordsPerSecond);
