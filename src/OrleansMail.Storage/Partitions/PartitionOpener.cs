using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// One try to open a partition: follows the chain of logs from the checkpoint, fences its end, and makes the checkpoint this owner's. Another owner
/// that does the same meanwhile makes a conditional write fail, and it begins anew.
/// </summary>
internal sealed partial class PartitionOpener(
    IObjectStore store, PartitionId id, PartitionOptions options, TimeProvider time, PartitionMetrics metrics, ILogger logger)
{
    private readonly PartitionIndex index = new(options.RecentRecords);
    private readonly RepeatWindow repeats = new(options.RepeatWindow, options.MaxRepeatKeys, time);
    private readonly MetadataWriter writer = new();
    private LogChain chain = null!;
    private PartitionRecovery recovery = null!;

    /// <summary>Opens the partition; null when another owner was in the way.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written now.</exception>
    public async Task<Partition?> TryOpenAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        recovery = new PartitionRecovery(id, index, repeats, time.GetUtcNow() - options.RepeatWindow, metrics, logger);
        chain = new LogChain(store, id, recovery);
        if (await ReadCheckpointAsync(cancellationToken) is not { } stored)
            return null;
        var checkpoint = Checkpoint.Parse(stored.Value.Span, Checkpoint.PathOf(id.Number));
        var tail = await chain.FollowAsync(checkpoint, cancellationToken);
        var log = new CommitLog(store, id, options, Math.Max(tail.End.Order.Epoch, checkpoint.Epoch) + 1, time, metrics, logger);
        var isOpen = false;
        try
        {
            isOpen = await StartAsync(log, tail, checkpoint, stored.ETag, cancellationToken);
        }
        finally
        {
            if (!isOpen)
                await tail.Log.DisposeAsync();
        }

        if (!isOpen)
            return null;
        Log.Recovered(logger, id, recovery.Records, tail.Name.ToString(), time.GetElapsedTime(started).TotalMilliseconds, repeats.Count);
        return Create(log);
    }

    private Partition Create(CommitLog log)
    {
        var commits = new PartitionWriter(id, log, index, new BatchFormer(index, repeats, metrics), store, options, time, logger);
        return new Partition(id, commits, index, new MessageReader(store, id, index, metrics, logger), time);
    }

    private async ValueTask<bool> StartAsync(CommitLog log, LogTail tail, Checkpoint checkpoint, string etag, CancellationToken cancellationToken)
    {
        var fence = new FenceRecord(log.Owner, tail.End.IsTorn ? tail.End.Position : -1, tail.Predecessor).Encode(writer);
        if (await FenceAsync(tail, fence, log.Epoch, cancellationToken) is not { } position)
            return false;
        var order = new LogOrder(tail.End.Order.Sequence + 1, log.Epoch, tail.End.Order.NextBatch, BatchIsWhole: true);
        var mine = checkpoint with { Epoch = log.Epoch };
        if (await log.WriteCheckpointAsync(mine, etag, cancellationToken) is not { } written)
            return false;
        log.Start(tail.Log, new CommitPosition(tail.Name, position, order, mine, written), recovery.Appends + 1, recovery.HasContent);
        if (!tail.End.IsTorn)
            return true;

        // What an unfinished append left is not written after: the log ends with the fence.
        recovery.Torn(tail.End.Position);
        return await log.RollAsync(cancellationToken) is AppendOutcome.Durable;
    }

    private async ValueTask<StoredValue?> ReadCheckpointAsync(CancellationToken cancellationToken)
    {
        var path = Checkpoint.PathOf(id.Number);
        metrics.Operation("read");
        if (await store.ReadValueAsync(path, cancellationToken) is { } found)
            return found;
        try
        {
            var value = Checkpoint.Create().Encode();
            return new StoredValue(value, await store.WriteValueAsync(path, value, ifMatch: null, cancellationToken));
        }
        catch (StoreConflictException)
        {
            return null;
        }
    }

    // Where content ends the fence goes, over what an unfinished append left. A store whose logs can't be written over takes it behind that.
    private async ValueTask<long?> FenceAsync(LogTail tail, byte[] fence, uint epoch, CancellationToken cancellationToken)
    {
        var batch = new Batch();
        batch.Add(fence, LogRecordType.Fence, 0, default);
        var data = batch.Seal(tail.End.Order.Sequence + 1, epoch, tail.End.Order.NextBatch, tail.Name.Nonce);
        if (await TryAppendAsync(tail.Log, tail.End.Position, data, cancellationToken))
            return tail.End.Position + data.Length;
        if (!tail.End.IsTorn)
            return null;
        var length = await tail.Log.GetLengthAsync(cancellationToken);
        var padding = (int)(-length & (LogRecordHeader.Alignment - 1));
        var padded = new ReadOnlySequence<byte>([.. new byte[padding], .. data.ToArray()]);
        return await TryAppendAsync(tail.Log, length, padded, cancellationToken) ? length + padded.Length : null;
    }

    private async ValueTask<bool> TryAppendAsync(IAppendLog log, long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        metrics.Operation("append");
        try
        {
            await log.AppendAsync(position, data, cancellationToken);
            return true;
        }
        catch (StoreConflictException)
        {
            return await LogComparer.EqualsAsync(log, position, data, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Partition {Partition}: {Records} records recovered, the last log is {Name}; {Milliseconds} ms, {Repeats} open repeats.", EventName = "PartitionRecovered")]
        public static partial void Recovered(ILogger logger, PartitionId partition, int records, string name, double milliseconds, int repeats);
    }
}
