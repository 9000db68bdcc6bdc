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
    private readonly string folder;
    private readonly LogList logs;
    private readonly PartitionIndex index;
    private readonly BatchFormer former;
    private readonly IObjectStore store;
    private readonly PartitionOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<IPendingWrite> waiting = Channel.CreateUnbounded<IPendingWrite>(new() { SingleReader = false, AllowSynchronousContinuations = false });
    private readonly ConcurrentQueue<Ulid> seen = new();
    private readonly CancellationTokenSource abandon = new();
    private readonly TaskCompletionSource fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IPendingWrite> gathered = [];
    private readonly List<PendingWork> work = [];
    private readonly LingerPolicy linger;
    private readonly ITimer watch;
    private readonly Task loop;
    private long waitingBytes;
    private long commitStarted;
    private IPendingWrite[] inFlight = [];
    private LogSource source;
    private LogName sourceName;
    private volatile PartitionHealth health;
    private volatile bool isClosing;
    private int disposed;

    public PartitionWriter(
        PartitionId partition, string folder, CommitLog log, LogList logs, PartitionIndex index, BatchFormer former, IObjectStore store, PartitionOptions options, TimeProvider time,
        ILogger logger)
    {
        (this.folder, this.logs) = (folder, logs);
        (this.partition, this.log, this.index, this.former, this.store, this.options, this.time, this.logger) = (partition, log, index, former, store, options, time, logger);
        linger = new LingerPolicy(options, time);
        (sourceName, source) = (log.Name, logs.Current);
        watch = time.CreateTimer(static writer => ((PartitionWriter)writer!).Watch(), this, options.ProbeInterval, options.ProbeInterval);
        loop = options.DedicatedThread ? WriterThread.Run(RunAsync, $"partition {partition}") : Task.Run(RunAsync);
    }

    /// <summary>Completes when another owner has the partition.</summary>
    public Task Fenced => fenced.Task;

    /// <summary>Completes when nothing more will be committed for readers to wait for: fenced, closed or failed.</summary>
    public Task Ended => ended.Task;

    /// <summary>Whether mail is taken.</summary>
    public PartitionHealth Health => health;

    /// <summary>Whether a new log was begun, which leaves a sealed one to be demultiplexed: told on the writer's thread.</summary>
    public event Action? Rolled;

    /// <summary>Entries of the ledger that wait for a batch.</summary>
    public PendingDecisions Decisions => former.Decisions;

    /// <summary>Does something between two batches, on the writer's own thread.</summary>
    /// <exception cref="StoreUnavailableException">It can't be done.</exception>
    public async ValueTask RunAsync(Func<ValueTask<AppendOutcome>> job, CancellationToken cancellationToken)
    {
        var pending = new PendingWork(job);
        if (!waiting.Writer.TryWrite(pending))
            ThrowIfEnded();
        await pending.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Seals the log, unless it has nothing but fences, and goes on in a new one.</summary>
    /// <returns>How the log went on.</returns>
    public ValueTask<AppendOutcome> RollAsync() => log.HasContent || logs.Carried().Count > 0 ? log.RollAsync(abandon.Token) : new(AppendOutcome.Durable);

    /// <summary>Takes nothing more, and seals the log: what was taken is in it. To be called on the writer's thread.</summary>
    /// <returns>How the log went on.</returns>
    public async ValueTask<AppendOutcome> BeginClosingAsync()
    {
        isClosing = true;
        former.Decisions.Close(isClosed: true);
        DrainSeen();
        if (former.HasRiders)
        {
            former.FormRiders();
            if (await AppendAsync() is var outcome && outcome != AppendOutcome.Durable)
                return outcome;
        }

        return await log.RollAsync(abandon.Token);
    }

    /// <summary>Takes mail again: the partition is not closed after all.</summary>
    public void CancelClosing()
    {
        former.Decisions.Close(isClosed: false);
        isClosing = false;
    }

    /// <summary>The partition is closed: whoever waits in it is to ask elsewhere.</summary>
    public void EndClosing() => ended.TrySetResult();

    /// <summary>The records that still answer repeats; to be asked for on the writer's thread.</summary>
    public List<RepeatRecord> Repeats() => former.Repeats();

    /// <summary>Puts a submission or change in line; its task is completed by its commit.</summary>
    /// <exception cref="StoreUnavailableException">It is not taken.</exception>
    public void Enqueue(IPendingWrite pending)
    {
        ThrowIfEnded();
        ThrowIfClosing();
        if (health == PartitionHealth.Full)
            throw new StoreFullException($"The store of partition {partition} has no room.");
        if (health == PartitionHealth.Unavailable)
            throw new StoreUnavailableException($"The store of partition {partition} can't be reached.");
        if (index.Memory + index.PackedMemory > options.MemtableBytes * 2)
            throw new StoreUnavailableException($"Partition {partition} has more that is not in packs than it may hold.");
        if (Interlocked.Add(ref waitingBytes, pending.Size) > options.MaxWaitingBytes || !waiting.Writer.TryWrite(pending))
        {
            Interlocked.Add(ref waitingBytes, -pending.Size);
            throw new StoreUnavailableException($"Partition {partition} has more waiting than it may hold.");
        }
    }

    /// <summary>Notes marks for the next commit.</summary>
    /// <exception cref="PartitionClosedException">They are to be noted elsewhere.</exception>
    public void MarkSeen(IReadOnlyList<Ulid> records)
    {
        ThrowIfClosing();
        foreach (var record in records)
            seen.Enqueue(record);
        ThrowIfClosing(); // they may have come behind the last look at them
    }

    /// <summary>Fails when the partition has another owner or is closed.</summary>
    public void ThrowIfEnded()
    {
        if (isClosing && ended.Task.IsCompleted)
            ThrowIfClosing();
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

    private void ThrowIfClosing()
    {
        if (isClosing)
            throw Closed();
    }

    private PartitionClosedException Closed() => new($"Partition {partition} is closed: the number of partitions is changed.");

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
                await WorkAsync();
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
            if (pending is PendingWork job)
                work.Add(job);
            else
                gathered.Add(pending);
            bytes += pending.Size;
            Interlocked.Add(ref waitingBytes, -pending.Size);
        }
    }

    // A log that could not go on is handled as a batch's is, with nobody waiting for it.
    private async ValueTask WorkAsync()
    {
        foreach (var job in work)
        {
            var outcome = await job.Work();
            if (outcome != AppendOutcome.Durable)
            {
                job.Fail(new StoreUnavailableException($"The log of partition {partition} could not go on."));
                await FinishAsync(outcome);
                continue;
            }

            TellRolled();
            job.Complete();
        }

        work.Clear();
    }

    private async ValueTask CommitAsync()
    {
        if (gathered.Count == 0)
        {
            await CommitRidersAsync();
            return;
        }

        if (isClosing)
        {
            // Came in line as the closing began.
            foreach (var pending in gathered)
                pending.Fail(Closed());
            index.Unpin(gathered);
            gathered.Clear();
            return;
        }

        DrainSeen();
        Volatile.Write(ref inFlight, [.. gathered]);
        Volatile.Write(ref commitStarted, time.GetTimestamp());
        var outcome = await log.PrepareAsync(abandon.Token);
        if (outcome == AppendOutcome.Durable)
        {
            former.Form(gathered);
            outcome = former.Batch.Records == 0 ? AppendOutcome.Durable : await AppendAsync();
        }

        Volatile.Write(ref inFlight, []);
        await FinishAsync(outcome);
        index.Unpin(gathered);
        gathered.Clear();
        TellRolled();
    }

    // Nothing came that marks and decisions could ride with: they were asked for by a job.
    private async ValueTask CommitRidersAsync()
    {
        if (former.Decisions.IsEmpty || work.Count == 0)
            return;
        DrainSeen();
        var outcome = await log.PrepareAsync(abandon.Token);
        if (outcome == AppendOutcome.Durable)
        {
            former.FormRiders();
            outcome = await AppendAsync();
        }

        await FinishAsync(outcome);
    }

    private void TellRolled()
    {
        if (log.Name == sourceName)
            return;
        (sourceName, source) = (log.Name, new LogSource(folder + log.Name, log.Name.Nonce));
        logs.Enter(log.Name, source, log.EndOfPredecessor);
        Rolled?.Invoke();
    }

    private async ValueTask<AppendOutcome> AppendAsync()
    {
        TellRolled();
        var (position, first) = (log.Position, log.LastRecord + 1);
        var outcome = await log.AppendAsync(former.Batch, abandon.Token);
        if (outcome == AppendOutcome.Durable)
            former.Publish(source, position, first);
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
                    pending.Complete();
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
            TellRolled();
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
        if (isClosing)
            return; // there is nothing but fences in the log
        DrainSeen();
        if (former.HasRiders && !abandon.IsCancellationRequested)
        {
            former.FormRiders();
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
            pending.Fail(exception);
        FailWaiting(exception);
    }

    private void Fail(PartitionHealth state, StoreUnavailableException exception)
    {
        Log.Refusing(logger, partition, state);
        health = state;
        foreach (var pending in gathered)
            pending.Fail(exception);
        FailWaiting(exception);
    }

    private void FailWaiting(StoreUnavailableException exception)
    {
        var failed = new List<IPendingWrite>();
        while (waiting.Reader.TryRead(out var pending))
        {
            Interlocked.Add(ref waitingBytes, -pending.Size);
            pending.Fail(exception);
            failed.Add(pending);
        }

        index.Unpin(failed);
    }

    private void End(StoreUnavailableException exception)
    {
        health = PartitionHealth.Unavailable;
        fenced.TrySetResult();
        ended.TrySetResult();
        waiting.Writer.TryComplete();
        foreach (var pending in gathered.Concat(work))
            pending.Fail(exception);
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
