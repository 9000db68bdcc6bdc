using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// One try to open a partition: follows the chain of logs from the checkpoint, fences its end, and makes the checkpoint this owner's. Another owner
/// that does the same meanwhile makes a conditional write fail, and it begins anew.
/// </summary>
internal sealed partial class PartitionOpener(
    IObjectStore store, PartitionId id, PartitionOptions options, PackBlockCache blocks, MessageSeal seal, TimeProvider time, PartitionMetrics metrics, ILogger logger)
{
    private const int MaxFences = 1000;
    private readonly string folder = PartitionFolder.Of(id.Generation, id.Number);
    private readonly PartitionIndex index = new(options.RecentRecords, options.MaxIdleDomains);
    private readonly RepeatWindow repeats = new(options.RepeatWindow, options.MaxRepeatKeys, time);
    private readonly MetadataWriter writer = new();
    private CheckpointFile file = null!;
    private LogChain chain = null!;
    private PartitionRecovery recovery = null!;

    /// <summary>Opens the partition; null when another owner was in the way.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written now.</exception>
    public async Task<Partition?> TryOpenAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        recovery = new PartitionRecovery(id, folder, index, repeats, time.GetUtcNow() - options.RepeatWindow, time.GetUtcNow(), metrics, logger);
        chain = new LogChain(store, id, folder, recovery);
        metrics.Operation("read");
        if (await CheckpointFile.OpenAsync(store, folder, token => new Handover(store, id, options, time).BeginAsync(token), cancellationToken) is not { } opened)
            return null;
        file = opened;
        await ThrowIfClosedAsync(cancellationToken);
        await RepeatFile.LoadAsync(store, folder, file.Current.Repeats, repeats, cancellationToken);
        var tail = await chain.FollowAsync(file.Current, cancellationToken);
        if (await FenceAsync(tail, cancellationToken) is not { } fenced)
            return null;
        var isOpen = false;
        try
        {
            isOpen = await StartAsync(fenced, cancellationToken);
        }
        finally
        {
            if (!isOpen)
                await fenced.Tail.Log.DisposeAsync();
        }

        if (!isOpen)
            return null;
        Log.Recovered(logger, id, recovery.Records, fenced.Log.Name.ToString(), time.GetElapsedTime(started).TotalMilliseconds, repeats.Count);
        return new PartitionBuilder(store, id, folder, options, blocks, seal, time, metrics, logger)
            .Build(fenced.Log, file, recovery.Logs, index, repeats);
    }

    // The manifest is read behind the checkpoint: one that was closed for a change that was given up since is opened again, and by the time that it could be closed
    // for another this reading of it counts no more.
    private async ValueTask ThrowIfClosedAsync(CancellationToken cancellationToken)
    {
        var manifest = await StoreManifest.ReadAsync(store, cancellationToken);
        if ((manifest?.Generation ?? 1) != id.Generation || (file.Current.ClosedFor is { } change && change == manifest?.Next?.Number))
            throw new PartitionClosedException($"Partition {id} is closed: the number of partitions is changed.");
    }

    private async ValueTask<bool> StartAsync(Fenced fenced, CancellationToken cancellationToken)
    {
        var (log, tail) = (fenced.Log, fenced.Tail);
        var order = new LogOrder(tail.End.Order.Sequence + 1, log.Epoch, tail.End.Order.NextBatch, BatchIsWhole: true);
        if (!await file.TryOwnAsync(log.Epoch, cancellationToken))
            return false;
        log.Start(tail.Log, new CommitPosition(tail.Name, fenced.Position, order), recovery.Appends + 1, recovery.HasContent);
        if (!tail.End.IsTorn)
            return true;

        // Nothing but the fence is written behind what an unfinished append left.
        recovery.Torn(tail.End.Position);
        if (await log.RollAsync(cancellationToken) is not AppendOutcome.Durable)
            return false;
        if (log.Name != tail.Name)
            recovery.Enter(log.Name, log.EndOfPredecessor);
        return true;
    }

    // The fence is conditional on the position: when another owner was faster, what it appended is read and the next position tried.
    private async Task<Fenced?> FenceAsync(LogTail tail, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxFences; attempt++)
        {
            var epoch = Math.Max(tail.End.Order.Epoch, file.Current.Epoch) + 1;
            var log = new CommitLog(store, id, folder, file, options, epoch, time, metrics, logger);
            try
            {
                if (await TryFenceAsync(log, tail, cancellationToken) is { } position)
                    return new Fenced(log, tail, position);
            }
            catch (LogPoisonedException)
            {
                // An owner before in this process met the failure: the log is left where its content ends, and the chain followed anew.
                var detour = new Detour(tail.Name.ToString(), tail.End.Position, LogName.Create(tail.Name.Ordinal + 1, log.Epoch).ToString());
                await file.TryChangeAsync(c => c with { Detours = [.. c.Detours, detour] }, cancellationToken);
                break;
            }
            catch
            {
                await tail.Log.DisposeAsync();
                throw;
            }

            tail = await chain.AdvanceAsync(file.Current, tail, cancellationToken);
        }

        await tail.Log.DisposeAsync();
        return null;
    }

    // Where the content ends, or behind the octets that an unfinished append left there.
    private async ValueTask<long?> TryFenceAsync(CommitLog log, LogTail tail, CancellationToken cancellationToken)
    {
        var fence = new FenceRecord(log.Owner, tail.End.IsTorn ? tail.End.Position : -1, tail.Predecessor).Encode(writer);
        var batch = new Batch();
        batch.Add(fence, LogRecordType.Fence, 0, default);
        var data = batch.Seal(tail.End.Order.Sequence + 1, log.Epoch, tail.End.Order.NextBatch, tail.Name.Nonce);
        var position = LogRecordHeader.Align(tail.End.OctetsEnd);
        if (await TryAppendAsync(tail.Log, position, data, cancellationToken))
            return position + data.Length;
        if (!tail.End.IsTorn)
            return null;

        // A blob ends just where the octets do, or is longer than they seem, when they end in zeros.
        var length = await tail.Log.GetLengthAsync(cancellationToken);
        var padded = new ReadOnlySequence<byte>([.. new byte[LogRecordHeader.Align(length) - length], .. data.ToArray()]);
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

    private readonly record struct Fenced(CommitLog Log, LogTail Tail, long Position);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Partition {Partition}: {Records} records recovered, the last log is {Name}; {Milliseconds} ms, {Repeats} open repeats.", EventName = "PartitionRecovered")]
        public static partial void Recovered(ILogger logger, PartitionId partition, int records, string name, double milliseconds, int repeats);
    }
}
