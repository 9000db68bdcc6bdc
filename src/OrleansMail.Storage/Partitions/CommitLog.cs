using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>How an append ended.</summary>
internal enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Durable,

    /// <summary>Another owner's fence is in its place.</summary>
    Fenced,

    /// <summary>There was no room, and nothing is written.</summary>
    Full,

    /// <summary>The log can't be used any more; what was appended does not count.</summary>
    Poisoned,

    /// <summary>It was given up while the store was away, at shutdown: it may be there or not.</summary>
    Abandoned,
}

/// <summary>Where an owner stands in its partition's chain of logs.</summary>
/// <param name="Name">The log that takes appends.</param>
/// <param name="Position">Where it ends.</param>
/// <param name="Order">The last record.</param>
internal readonly record struct CommitPosition(LogName Name, long Position, LogOrder Order);

/// <summary>
/// The writing end of a partition's chain of logs: every append is conditional on the position, so that an owner that lost the
/// partition can't write, whatever it believes. One caller at a time.
/// </summary>
internal sealed partial class CommitLog(
    IObjectStore store, PartitionId partition, string folder, CheckpointFile checkpoint, PartitionOptions options, uint epoch, TimeProvider time,
    PartitionMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private readonly Ulid owner = Ulid.NewUlid(time.GetUtcNow());
    private readonly MetadataWriter writer = new();
    private readonly Batch control = new();
    private IAppendLog log = null!;
    private CommitPosition at;
    private int appends;
    private DateTimeOffset nextRoll;
    private LogName? leavingFor;
    private string? unfencedPredecessor;

    /// <summary>Drawn at random: tells this owner's fence from another's.</summary>
    public Ulid Owner => owner;

    /// <summary>This owner's epoch.</summary>
    public uint Epoch => epoch;

    /// <summary>The log that takes appends.</summary>
    public LogName Name => at.Name;

    /// <summary>Where the next append goes.</summary>
    public long Position => at.Position;

    /// <summary>The number of the last record.</summary>
    public long LastRecord => at.Order.Sequence;

    /// <summary>The place behind the last record of the log before this one.</summary>
    public LogOrder EndOfPredecessor { get; private set; }

    /// <summary>Whether the log holds anything but fences.</summary>
    public bool HasContent { get; private set; }

    private bool IsFilled => at.Position >= options.MaxLogBytes || appends >= options.MaxLogAppends;

    /// <summary>Goes on from where recovery and this owner's fence ended.</summary>
    public void Start(IAppendLog tail, CommitPosition position, int tailAppends, bool hasContent) =>
        (log, at, appends, HasContent) = (tail, position, tailAppends, hasContent);

    /// <summary>Appends a batch; retries until the outcome is known, however long that takes.</summary>
    /// <param name="batch">At least one record.</param>
    /// <param name="abandon">Cancelled at shutdown, when waiting is in vain.</param>
    public async ValueTask<AppendOutcome> AppendAsync(Batch batch, CancellationToken abandon)
    {
        var data = batch.Seal(at.Order.Sequence + 1, epoch, at.Order.NextBatch, at.Name.Nonce);
        var started = time.GetTimestamp();
        var outcome = await AppendAsync(data, abandon);
        if (outcome != AppendOutcome.Durable)
            return outcome;
        metrics.Committed(time.GetElapsedTime(started), batch.Records);
        var order = new LogOrder(at.Order.Sequence + batch.Records, epoch, at.Order.NextBatch, BatchIsWhole: true);
        at = at with { Position = at.Position + data.Length, Order = order };
        appends++;
        HasContent = true;
        return outcome;
    }

    /// <summary>Makes ready for a batch: a log that has had its fill is sealed, and a new one begun.</summary>
    public async ValueTask<AppendOutcome> PrepareAsync(CancellationToken abandon)
    {
        if (unfencedPredecessor is not null)
            return await FenceAsync(abandon);
        return IsFilled && time.GetUtcNow() >= nextRoll ? await RollAsync(abandon) : AppendOutcome.Durable;
    }

    /// <summary>Seals the log and goes on in a new one; a store without room for one goes on with the old one.</summary>
    public async ValueTask<AppendOutcome> RollAsync(CancellationToken abandon)
    {
        var name = LogName.Create(at.Name.Ordinal + 1, epoch);
        IAppendLog next;
        try
        {
            next = await store.CreateLogAsync(folder + name, abandon);
            metrics.Operation("create");
        }
        catch (StoreUnavailableException exception)
        {
            // The old log still takes appends, beyond its usual length: it is sealed when a new one can be made.
            Log.NotRolled(logger, exception, partition, at.Name.ToString());
            nextRoll = time.GetUtcNow() + options.ProbeInterval;
            return AppendOutcome.Durable;
        }

        // Only the SEAL makes the next log count; whoever was fenced off can't append it.
        var sealing = await SealAsync(name, abandon);
        if (sealing == AppendOutcome.Durable)
            return await EnterAsync(next, name, abandon);
        await next.DisposeAsync();
        return sealing;
    }

    /// <summary>Ends the log for good; the next owner makes the one that goes on.</summary>
    public ValueTask<AppendOutcome> SealAsync(CancellationToken abandon) => SealAsync(LogName.Create(at.Name.Ordinal + 1, epoch), abandon);

    /// <summary>Leaves a poisoned log where it was last known good, and goes on in a new one.</summary>
    /// <returns>Poisoned when that could not be done yet: to be tried again.</returns>
    public async ValueTask<AppendOutcome> LeaveAsync(CancellationToken abandon)
    {
        var name = leavingFor ??= LogName.Create(at.Name.Ordinal + 1, epoch);
        try
        {
            var next = await LogOpener.CreateOrOpenAsync(store, folder + name, abandon);
            var detour = new Detour(at.Name.ToString(), at.Position, name.ToString());
            if (!await checkpoint.TryChangeAsync(c => c.Detours.Contains(detour) ? c : c with { Detours = [.. c.Detours, detour] }, abandon))
                return AppendOutcome.Fenced;
            leavingFor = null;
            return await EnterAsync(next, name, abandon);
        }
        catch (StoreFullException)
        {
            return AppendOutcome.Full;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            Log.NotLeft(logger, exception, partition, at.Name.ToString());
            return AppendOutcome.Poisoned;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => log?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<AppendOutcome> SealAsync(LogName successor, CancellationToken abandon)
    {
        control.Clear();
        control.Add(new SealRecord(successor.ToString()).Encode(writer), LogRecordType.Seal, 0, default);
        var outcome = await AppendAsync(control, abandon);
        if (outcome != AppendOutcome.Durable)
            return outcome;
        try
        {
            await log.SealAsync(at.Position, abandon);
        }
        catch (StoreUnavailableException exception)
        {
            Log.NotTrimmed(logger, exception, partition, at.Name.ToString());
        }

        return outcome;
    }

    private async ValueTask<AppendOutcome> EnterAsync(IAppendLog next, LogName name, CancellationToken abandon)
    {
        await log.DisposeAsync();
        log = next;
        unfencedPredecessor = at.Name.ToString();
        EndOfPredecessor = at.Order;
        at = at with { Name = name, Position = 0 };
        appends = 0;
        return await FenceAsync(abandon);
    }

    private async ValueTask<AppendOutcome> FenceAsync(CancellationToken abandon)
    {
        control.Clear();
        control.Add(new FenceRecord(owner, -1, unfencedPredecessor).Encode(writer), LogRecordType.Fence, 0, default);
        var outcome = await AppendAsync(control, abandon);
        if (outcome == AppendOutcome.Durable)
            (unfencedPredecessor, HasContent) = (null, false);
        return outcome;
    }

    private async ValueTask<AppendOutcome> AppendAsync(ReadOnlySequence<byte> data, CancellationToken abandon)
    {
        var delay = FirstRetry;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAppendAsync(data, abandon);
            }
            catch (Exception exception) when (exception is not UnreachableException)
            {
                // Whether it was written is not known: only the same octets at the same position are safe to send again.
                if (abandon.IsCancellationRequested)
                    return AppendOutcome.Abandoned;
                Log.Retrying(logger, exception, partition, at.Position, attempt);
            }

            if (!await DelayAsync(delay, abandon))
                return AppendOutcome.Abandoned;
            delay = delay * 2 < options.ProbeInterval ? delay * 2 : options.ProbeInterval;
        }
    }

    private async ValueTask<AppendOutcome> TryAppendAsync(ReadOnlySequence<byte> data, CancellationToken abandon)
    {
        using var timeout = new CancellationTokenSource(options.StoreTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, abandon);
        try
        {
            return await AppendOrFindAsync(data, linked.Token);
        }
        catch (LogPoisonedException exception)
        {
            Log.Poisoned(logger, exception, partition, at.Name.ToString(), at.Position);
            return AppendOutcome.Poisoned;
        }
        catch (StoreFullException)
        {
            if (await LogComparer.IsEmptyAsync(log, at.Position, data.Length, linked.Token))
                return AppendOutcome.Full;
            throw;
        }
    }

    // An earlier try may be there, whole, or its first part where the store takes a long batch in several.
    private async ValueTask<AppendOutcome> AppendOrFindAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        var held = 0L;
        while (held < data.Length)
        {
            metrics.Operation("append");
            try
            {
                await log.AppendAsync(at.Position + held, data.Slice(held), cancellationToken);
                return AppendOutcome.Durable;
            }
            catch (StoreConflictException)
            {
                var found = await LogComparer.HeldAsync(log, at.Position, data, cancellationToken);
                if (found <= held && found < data.Length)
                    return AppendOutcome.Fenced;
                held = found;
            }
        }

        return AppendOutcome.Durable;
    }

    private async ValueTask<bool> DelayAsync(TimeSpan delay, CancellationToken abandon)
    {
        try
        {
            await Task.Delay(delay, time, abandon);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: append at {Position} failed, attempt {Attempt}; the same octets are sent again.", EventName = "AppendRetried")]
        public static partial void Retrying(ILogger logger, Exception exception, PartitionId partition, long position, int attempt);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: the medium of log {Name} failed; it is left at {Position} and another begun.", EventName = "LogPoisoned")]
        public static partial void Poisoned(ILogger logger, Exception exception, PartitionId partition, string name, long position);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: log {Name} could not be left for a new one; tried again.", EventName = "LogNotLeft")]
        public static partial void NotLeft(ILogger logger, Exception exception, PartitionId partition, string name);

        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: no successor of log {Name} can be made now; it goes on.", EventName = "LogNotRolled")]
        public static partial void NotRolled(ILogger logger, Exception exception, PartitionId partition, string name);

        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: what log {Name} had ahead could not be given back.", EventName = "LogNotTrimmed")]
        public static partial void NotTrimmed(ILogger logger, Exception exception, PartitionId partition, string name);
    }
}
