using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Looks after a partition's logs and files in the background: seals what is old, demultiplexes what has ended, deletes what nothing refers to.</summary>
internal sealed partial class PartitionUpkeep : IAsyncDisposable
{
    // What waits for its commit for longer than the store's timeout is told that it failed: the id of what it recorded is known for at least as long.
    private static readonly TimeSpan CallsAgain = TimeSpan.FromSeconds(5);
    private readonly PartitionContext context;
    private readonly PartitionWriter writer;
    private readonly LogList logs;
    private readonly PartitionIndex index;
    private readonly CheckpointFile checkpoint;
    private readonly Demultiplexer demultiplexer;
    private readonly FileReaper reaper;
    private readonly LogSweep sweep;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly SemaphoreSlim one = new(1);
    private readonly ITimer timer;
    private readonly Task loop;

    public PartitionUpkeep(PartitionContext context, PartitionWriter writer, LogList logs, PartitionIndex index, CheckpointFile checkpoint, Demultiplexer demultiplexer, FileReaper reaper, LogSweep sweep)
    {
        (this.context, this.writer, this.logs, this.index, this.checkpoint) = (context, writer, logs, index, checkpoint);
        (this.demultiplexer, this.reaper, this.sweep) = (demultiplexer, reaper, sweep);
        writer.Rolled += Wake;
        if (logs.Sealed().Count > 0)
            Wake();
        timer = context.Time.CreateTimer(_ => Wake(), null, context.Options.UpkeepInterval, context.Options.UpkeepInterval);
        loop = context.Options.KeepLogs ? Task.CompletedTask : Task.Run(RunAsync);
    }

    private TimeSpan SealAfter => Least(context.Options.SealAfter, context.Options.DeleteWithin / 4);

    /// <summary>Does something while nothing else changes heads or passes logs.</summary>
    public async ValueTask<T> ExclusivelyAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        await one.WaitAsync(linked.Token);
        try
        {
            return await work(linked.Token);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Seals the log and brings everything into packs.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; it may be repeated.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await writer.RunAsync(writer.RollAsync, cancellationToken);
        await ExclusivelyAsync(
            async token =>
            {
                await demultiplexer.RunAsync(all: true, token);
                return await reaper.RunAsync(token);
            },
            cancellationToken);
    }

    /// <summary>Brings everything into packs and closes the partition for a change of their number. What comes meanwhile is refused for the last part of it only.</summary>
    /// <param name="change">The change's number.</param>
    /// <param name="cancellationToken">Ends it: the partition goes on then.</param>
    /// <exception cref="StoreUnavailableException">It can't be done now: the partition goes on, or has another owner.</exception>
    public async ValueTask CloseAsync(int change, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await ExclusivelyAsync(token => CloseCoreAsync(change, token), cancellationToken);
    }

    /// <summary>Stops between two steps; what is left is the next owner's.</summary>
    public async ValueTask DisposeAsync()
    {
        writer.Rolled -= Wake;
        await timer.DisposeAsync();
        await stop.CancelAsync();
        await loop;
    }

    private async ValueTask<bool> CloseCoreAsync(int change, CancellationToken cancellationToken)
    {
        var isClosed = false;
        try
        {
            await writer.RunAsync(writer.BeginClosingAsync, CancellationToken.None); // begun is begun: nobody else could say that it is given up
            await demultiplexer.RunAsync(all: true, cancellationToken);
            if (logs.Sealed().Count > 0 || logs.Carried().Count > 0)
                throw new StoreUnavailableException($"Partition {context.Partition} can't be closed now: not all of its mail could be brought into packs.");
            isClosed = await checkpoint.TryChangeAsync(c => c with { ClosedFor = change }, cancellationToken);
            if (!isClosed)
                throw new StoreUnavailableException($"Partition {context.Partition} has another owner.");
            writer.EndClosing();
            return true;
        }
        finally
        {
            if (!isClosed)
                writer.CancelClosing();
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task RunAsync()
    {
        var isSwept = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(stop.Token);
                if (writer.Fenced.IsCompleted)
                    return;
                if (!isSwept)
                    await sweep.RunAsync(stop.Token);
                isSwept = true;
                ForgetPacked();
                await SealAsync();
                await ExclusivelyAsync(
                    async token =>
                    {
                        await demultiplexer.RunAsync(all: false, token);
                        return await reaper.RunAsync(token);
                    },
                    CancellationToken.None);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // What was done is done, and the rest is for the next pass: nothing is acknowledged here that could be lost.
                Log.Interrupted(context.Logger, exception, context.Partition);
            }
        }
    }

    private void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // A pass is to begin anyway.
        }
    }

    private void ForgetPacked()
    {
        var before = context.Time.GetTimestamp() - (long)((context.Options.StoreTimeout + CallsAgain).TotalSeconds * context.Time.TimestampFrequency);
        lock (index.Gate)
            index.ForgetPacked(before);
    }

    private async ValueTask SealAsync()
    {
        if (writer.Fenced.IsCompleted || writer.Health != PartitionHealth.Healthy)
            return;
        if (logs.Current.Since is { } since && context.Time.GetUtcNow() - since >= SealAfter)
            await writer.RunAsync(writer.RollAsync, stop.Token);
        else if (!writer.Decisions.IsEmpty)
            await writer.RunAsync(static () => new(AppendOutcome.Durable), stop.Token);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: looking after logs and packs was interrupted; it goes on at the next pass.", EventName = "UpkeepInterrupted")]
        public static partial void Interrupted(ILogger logger, Exception exception, PartitionId partition);
    }
}
