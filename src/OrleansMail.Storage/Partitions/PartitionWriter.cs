using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Commits what waits, batch by batch: what gathered while one batch was written is the next (natural group commit). Nothing is answered
/// before it is durable, and nothing is seen.
/// </summary>
internal sealed partial class PartitionWriter : IAsyncDisposable
{
    private readonly PartitionId partition;
    private readonly CommitLog log;
    private readonly PartitionIndex index;
    private readonly BatchFormer former;
    private readonly IObjectStore store;
    private readonly PartitionOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<PendingRecord> waiting = Channel.CreateUnbounded<PendingRecord>(new() { SingleReader = false, AllowSynchronousContinuations = false });
    private readonly ConcurrentQueue<Ulid> seen = new();
    private readonly CancellationTokenSource abandon = new();
    private readonly TaskCompletionSource fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PendingRecord> gathered = [];
    private readonly LingerPolicy linger;
    private readonly ITimer watch;
    private readonly Task loop;
    private long waitingBytes;
    private long commitStarted;
    private PendingRecord[] inFlight = [];
    private int logIndex;
    private LogName indexedLog;
    private volatile PartitionHealth health;
    private int disposed;

    public PartitionWriter(
        PartitionId partition, CommitLog log, PartitionIndex index, BatchFormer former, IObjectStore store, PartitionOptions options, TimeProvider time, ILogger logger)
    {
        (this.partition, this.log, this.index, this.former, this.store, this.options, this.time, this.logger) = (partition, log, index, former, store, options, time, logger);
        linger = new LingerPolicy(options, time);
        indexedLog = log.Name;
        logIndex = index.AddLog(indexedLog);
        watch = time.CreateTimer(static writer => ((PartitionWriter)writer!).Watch(), this, options.ProbeInterval, options.ProbeInterval);
        loop = options.DedicatedThread ? WriterThread.Run(RunAsync, $"partition {partition}") : Task.Run(RunAsync);
    }

    /// <summary>Completes when another owner has the partition.</summary>
    public Task Fenced => fenced.Task;

    /// <summary>Completes when nothing more will be committed for readers to wait for: fenced, closed or failed.</summary>
    public Task Ended => ended.Task;

    /// <summary>Whether mail is taken.</summary>
    public PartitionHealth Health => health;

    /// <summary>Puts a submission in line; its task is completed by its commit.</summary>
    /// <exception cref="StoreUnavailableException">It is not taken.</exception>
    public void Enqueue(PendingRecord pending)
    {
        ThrowIfEnded();
        if (health == PartitionHealth.Full)
            throw new StoreFullException($"The store of partition {partition} has no room.");
        if (health == PartitionHealth.Unavailable)
            throw new StoreUnavailableException($"The store of partition {partition} can't be reached.");
        if (Interlocked.Add(ref waitingBytes, pending.Size) > options.MaxWaitingBytes || !waiting.Writer.TryWrite(pending))
        {
            Interlocked.Add(ref waitingBytes, -pending.Size);
            throw new StoreUnavailableException($"Partition {partition} has more waiting than it may hold.");
        }
    }

    /// <summary>Notes marks for the next commit.</summary>
    public void MarkSeen(IReadOnlyList<Ulid> records)
    {
        foreach (var record in records)
            seen.Enqueue(record);
    }

    /// <summary>Fails when the partition has another owner or is closed.</summary>
    public void ThrowIfEnded()
    {
        if (Volatile.Read(ref disposed) != 0 || fenced.Task.IsCompleted)
            throw new StoreUnavailableException($"Partition {partition} has another owner or is closed.");
    }

    /// <summary>Commits what waits and the marks, seals the log unless it is empty; gives up after the store's timeout.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            waiting.Writer.TryComplete();
            ended.TrySetResult();
            abandon.CancelAfter(options.StoreTimeout);
        }

        await loop;
        await watch.DisposeAsync();
        FailWaiting(new StoreUnavailableException($"Partition {partition} is closed."));
        await log.DisposeAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync() && !fenced.Task.IsCompleted && !abandon.IsCancellationRequested)
            {
                Gather();
                if (linger.Delay(gathered.Count) is { } delay)
                {
                    await Task.Delay(delay, time);
                    Gather();
                }

                await CommitAsync();
            }

            if (!fenced.Task.IsCompleted)
                await CloseAsync();
        }
        catch (Exception exception)
        {
            // A defect, and what it left in memory is not to be trusted: the next owner recovers from the log.
            Log.Failed(logger, exception, partition);
            End(new StoreUnavailableException($"Partition {partition} failed.", exception));
        }
    }

    private void Gather()
    {
        var bytes = gathered.Sum(static p => (long)p.Size);
        while (bytes < options.MaxBatchBytes && waiting.Reader.TryRead(out var pending))
        {
            gathered.Add(pending);
            bytes += pending.Size;
            Interlocked.Add(ref waitingBytes, -pending.Size);
        }
    }

    private async ValueTask CommitAsync()
    {
        if (gathered.Count == 0)
            return;
        DrainSeen();
        Volatile.Write(ref inFlight, [.. gathered]);
        Volatile.Write(ref commitStarted, time.GetTimestamp());
        var outcome = await log.PrepareAsync(abandon.Token);
        if (outcome == AppendOutcome.Durable)
        {
            former.Form(gathered);
            outcome = former.Recorded.Count == 0 ? AppendOutcome.Durable : await AppendAsync();
        }

        Volatile.Write(ref inFlight, []);
        await FinishAsync(outcome);
        gathered.Clear();
    }

    private async ValueTask<AppendOutcome> AppendAsync()
    {
        var position = log.Position;
        var outcome = await log.AppendAsync(former.Batch, abandon.Token);
        if (outcome == AppendOutcome.Durable)
            former.Publish(LogIndex(), position);
        else
            former.Drop();
        return outcome;
    }

    private async ValueTask FinishAsync(AppendOutcome outcome)
    {
        switch (outcome)
        {
            case AppendOutcome.Durable:
                health = PartitionHealth.Healthy;
                foreach (var pending in gathered)
                    pending.TrySetResult(pending.Receipt!);
                break;
            case AppendOutcome.Full:
                Fail(PartitionHealth.Full, new StoreFullException($"The store of partition {partition} has no room."));
                await WaitForRoomAsync();
                break;
            case AppendOutcome.Poisoned:
                Fail(PartitionHealth.Unavailable, new StoreUnavailableException($"A log of partition {partition} failed; nothing was acknowledged."));
                await LeaveAsync();
                break;
            default:
                End(new StoreUnavailableException($"Partition {partition} has another owner or is closed."));
                break;
        }
    }

    private async ValueTask LeaveAsync()
    {
        while (await log.LeaveAsync(abandon.Token) is var outcome && outcome != AppendOutcome.Durable)
        {
            if (outcome is AppendOutcome.Fenced or AppendOutcome.Abandoned || !await DelayAsync())
            {
                End(new StoreUnavailableException($"Partition {partition} has another owner or is closed."));
                return;
            }

            health = outcome == AppendOutcome.Full ? PartitionHealth.Full : PartitionHealth.Unavailable;
        }

        health = PartitionHealth.Healthy;
    }

    private async ValueTask WaitForRoomAsync()
    {
        while (!await HasRoomAsync())
        {
            if (!await DelayAsync())
                return;
        }

        Log.HasRoom(logger, partition);
        health = PartitionHealth.Healthy;
    }

    private async ValueTask<bool> HasRoomAsync()
    {
        try
        {
            return await store.HasRoomAsync(options.MaxBatchBytes / 8, abandon.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask<bool> DelayAsync()
    {
        try
        {
            await Task.Delay(options.ProbeInterval, time, abandon.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask CloseAsync()
    {
        DrainSeen();
        if (former.HasSeen && !abandon.IsCancellationRequested)
        {
            former.FormSeen();
            if (await log.AppendAsync(former.Batch, abandon.Token) != AppendOutcome.Durable)
                return;
        }

        if (log.HasContent && !abandon.IsCancellationRequested)
            await log.SealAsync(abandon.Token);
    }

    private void DrainSeen()
    {
        while (seen.TryDequeue(out var record))
            former.MarkSeen(record);
    }

    private int LogIndex()
    {
        if (log.Name != indexedLog)
            (indexedLog, logIndex) = (log.Name, index.AddLog(log.Name));
        return logIndex;
    }

    // A commit that takes too long is gone on with, but nobody waits for it any longer: mail that its client was told 451 for is stored once all the same.
    private void Watch()
    {
        if (health != PartitionHealth.Healthy)
            FailWaiting(new StoreUnavailableException($"The store of partition {partition} can't be used now."));
        var stalled = Volatile.Read(ref inFlight);
        if (stalled.Length == 0 || time.GetElapsedTime(Volatile.Read(ref commitStarted)) < options.StoreTimeout)
            return;
        if (health == PartitionHealth.Healthy)
            Log.Stalled(logger, partition);
        health = PartitionHealth.Unavailable;
        var exception = new StoreUnavailableException($"The store of partition {partition} did not answer in time.");
        foreach (var pending in stalled)
            pending.TrySetException(exception);
        FailWaiting(exception);
    }

    private void Fail(PartitionHealth state, StoreUnavailableException exception)
    {
        Log.Refusing(logger, partition, state);
        health = state;
        foreach (var pending in gathered)
            pending.TrySetException(exception);
        FailWaiting(exception);
    }

    private void FailWaiting(StoreUnavailableException exception)
    {
        while (waiting.Reader.TryRead(out var pending))
        {
            Interlocked.Add(ref waitingBytes, -pending.Size);
            pending.TrySetException(exception);
        }
    }

    private void End(StoreUnavailableException exception)
    {
        health = PartitionHealth.Unavailable;
        fenced.TrySetResult();
        ended.TrySetResult();
        waiting.Writer.TryComplete();
        foreach (var pending in gathered)
            pending.TrySetException(exception);
        FailWaiting(exception);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Partition {Partition}: the store does not answer; mail is deferred until it does.", EventName = "StoreStalled")]
        public static partial void Stalled(ILogger logger, PartitionId partition);

        [LoggerMessage(LogLevel.Error, "Partition {Partition} takes no mail: {Health}.", EventName = "MailRefused")]
        public static partial void Refusing(ILogger logger, PartitionId partition, PartitionHealth health);

        [LoggerMessage(LogLevel.Information, "Partition {Partition}: the store has room again.", EventName = "StoreHasRoom")]
        public static partial void HasRoom(ILogger logger, PartitionId partition);

        [LoggerMessage(LogLevel.Critical, "Partition {Partition}: the writer failed; the partition is given up and recovered from its log.", EventName = "WriterFailed")]
        public static partial void Failed(ILogger logger, Exception exception, PartitionId partition);
    }
}
