using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Turns logs that have ended into packs of domains, and lets the logs go: packs, then heads, then what is carried over, then the checkpoint, then the logs.
/// Each step may be stopped at any instant and is done again by the next pass or the next owner, with the same result.
/// </summary>
internal sealed partial class Demultiplexer(
    PartitionContext context, CheckpointFile checkpoint, LogList logs, PartitionIndex index, DomainFlush flush, PackBuilder builder, PartitionWriter writer, FileReaper reaper)
{
    private static readonly TimeSpan SlowLog = TimeSpan.FromSeconds(60);
    private readonly LogFiles files = new(context.Store, checkpoint);

    /// <summary>Demultiplexes all logs that have ended.</summary>
    /// <param name="all">Whether small domains get packs too.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <exception cref="StoreUnavailableException">The store failed: the next pass goes on.</exception>
    public async ValueTask RunAsync(bool all, CancellationToken cancellationToken)
    {
        // One log after the other: what is held in memory is a log's, however many an earlier owner left.
        while (logs.Sealed() is [var first, ..] && await RunAsync(first, all, cancellationToken))
        {
        }
    }

    private async ValueTask<bool> RunAsync(SealedLog log, bool all, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        builder.Compress = context.Options.Compress && IsSlow(log);
        await WriteLedgerAsync(log, cancellationToken);
        var gone = Ended(log.End.Sequence);
        var domains = await FlushAsync(log, all, cancellationToken);
        if (!await PassAsync(log, gone, cancellationToken))
            return false;
        foreach (var prefix in gone)
            reaper.LaterAll(prefix);
        Log.Demultiplexed(context.Logger, context.Partition, log.Name.ToString(), domains, context.Time.GetElapsedTime(started).TotalMilliseconds);
        return true;
    }

    // Compression takes longer than all else that is done for a message: not while mail comes faster than a disk or network would mind.
    private bool IsSlow(SealedLog log) => log.Source.Since is { } since && context.Time.GetUtcNow() - since >= SlowLog;

    private List<string> Ended(long upTo)
    {
        lock (index.Gate)
            return [.. index.Domains.Where(d => d.Changes.Exists(c => c.Number <= upTo && c.Change.Mailbox is null)).Select(static d => DomainPaths.Domain(d.Key))];
    }

    private async ValueTask WriteLedgerAsync(SealedLog log, CancellationToken cancellationToken)
    {
        if (!log.Source.HasDecisions)
            return;
        var ledger = new LedgerWriter();
        await files.ScanAsync(log, ledger, cancellationToken);
        await ledger.WriteAsync(context, log.Name, cancellationToken);
    }

    private async ValueTask<int> FlushAsync(SealedLog log, bool all, CancellationToken cancellationToken)
    {
        List<DomainIndex> chosen;
        lock (index.Gate)
            chosen = FlushPlan.Choose(index, logs.Carried(), log.End.Sequence, all, context.Options, context.Time.GetUtcNow());
        for (var from = 0; from < chosen.Count;)
        {
            var group = new HashSet<DomainIndex>();
            for (var bytes = 0L; from < chosen.Count && (group.Count == 0 || bytes + chosen[from].Bytes <= context.Options.GatherBytes); from++)
            {
                bytes += chosen[from].Bytes;
                group.Add(chosen[from]);
            }

            await FlushAsync(group, log, cancellationToken);
        }

        return chosen.Count;
    }

    private async ValueTask FlushAsync(HashSet<DomainIndex> group, SealedLog log, CancellationToken cancellationToken)
    {
        var upTo = log.End.Sequence;
        using var arena = new RecordArena();
        var gatherer = new RecordGatherer(index, arena, group, upTo);
        var sources = SourcesOf(group, upTo);
        foreach (var carried in logs.Carried().Where(sources.Contains))
            await files.ScanAsync(carried, gatherer, cancellationToken);
        if (sources.Contains(log.Source))
            await files.ScanAsync(log, gatherer, cancellationToken);
        context.Stepped(MaintenanceStep.Gathered);
        await Parallel.ForEachAsync(
            group,
            new ParallelOptions { MaxDegreeOfParallelism = context.Options.FlushesAtOnce, CancellationToken = cancellationToken },
            (domain, token) => FlushAsync(domain, gatherer.Of(domain), upTo, token));
    }

    // A domain that can't be written is carried over, so that it holds up nobody else: it is tried again by each pass.
    private async ValueTask FlushAsync(DomainIndex domain, IReadOnlyList<GatheredRecord> records, long upTo, CancellationToken cancellationToken)
    {
        try
        {
            await flush.RunAsync(domain, records, upTo, cancellationToken);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or Packs.PackDamagedException)
        {
            context.Metrics.Parked();
            Log.Parked(context.Logger, exception, context.Partition, domain.Key.Domain);
        }
    }

    private HashSet<LogSource> SourcesOf(HashSet<DomainIndex> group, long upTo)
    {
        var sources = new HashSet<LogSource>();
        lock (index.Gate)
        {
            foreach (var domain in group)
            {
                for (var i = 0; i < domain.Records.Count && domain.Records[i].Number <= upTo; i++)
                    sources.Add(domain.Records[i].Log);
            }
        }

        return sources;
    }

    // The checkpoint passes the log: what is still needed of it is elsewhere.
    private async ValueTask<bool> PassAsync(SealedLog log, List<string> gone, CancellationToken cancellationToken)
    {
        var upTo = log.End.Sequence;
        var target = NewCarried(upTo);
        using var carry = new CarryWriter(index, target, upTo);
        await CarryAsync(log, carry, cancellationToken);
        var carried = CarriedAfter(carry, target);
        var repeats = await KeepRepeatsAsync(upTo, cancellationToken);
        var (before, name) = (checkpoint.Current, log.Name.ToString());
        var isOurs = await checkpoint.TryChangeAsync(
            c => c with
            {
                First = log.Successor.ToString(), LastRecord = upTo, LastBatch = log.End.Batch, Carried = [.. carried.Select(static s => s.ToString())],
                Repeats = repeats, Detours = [.. c.Detours.Where(d => d.Log != name)], Ended = [.. c.Ended.Union(gone)],
            },
            cancellationToken);
        if (!isOurs)
            return false; // fenced off: the next owner does it all again
        context.Stepped(MaintenanceStep.CheckpointWritten);
        lock (index.Gate)
            carry.Move();
        logs.Pass(carried);
        Drop(log, before, carried, repeats);
        return true;
    }

    private async ValueTask CarryAsync(SealedLog log, CarryWriter carry, CancellationToken cancellationToken)
    {
        await files.ScanAsync(log, carry, cancellationToken);
        if (carry.IsEmpty)
            return;
        await carry.WriteAsync(context.Store, cancellationToken);
        context.Stepped(MaintenanceStep.Carried);
    }

    private List<LogSource> CarriedAfter(CarryWriter carry, LogSource target)
    {
        lock (index.Gate)
        {
            var kept = logs.Carried().Where(static s => s.Live > 0).ToList();
            if (!carry.IsEmpty)
                kept.Add(target);
            return kept;
        }
    }

    private async ValueTask<string?> KeepRepeatsAsync(long upTo, CancellationToken cancellationToken)
    {
        List<RepeatRecord> records = [];
        await writer.RunAsync(
            () =>
            {
                records = writer.Repeats();
                return new(AppendOutcome.Durable);
            },
            cancellationToken);
        var name = await RepeatFile.WriteAsync(context.Store, context.Folder, [.. records.Where(r => r.Number <= upTo)], cancellationToken);
        context.Stepped(MaintenanceStep.RepeatsKept);
        return name;
    }

    private void Drop(SealedLog log, Checkpoint before, List<LogSource> carried, string? repeats)
    {
        reaper.Later(log.Source.Path);
        foreach (var name in before.Carried.Except(carried.Select(static s => s.ToString())))
            reaper.Later(context.Folder + name);
        if (before.Repeats is { } old && old != repeats)
            reaper.Later(context.Folder + old); // whoever opens the partition may just read it
    }

    private LogSource NewCarried(long upTo)
    {
        var name = PartitionFolder.CreateCarriedName(upTo, context.Epoch);
        return new LogSource(context.Folder + name, PartitionFolder.NonceOf(name));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Partition {Partition}: log {Name} demultiplexed, {Domains} domains in packs; {Milliseconds} ms.", EventName = "Demultiplexed")]
        public static partial void Demultiplexed(ILogger logger, PartitionId partition, string name, int domains, double milliseconds);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: domain {Domain} can't be brought into packs; its mail is carried over and the others go on.", EventName = "DomainParked")]
        public static partial void Parked(ILogger logger, Exception exception, PartitionId partition, Contracts.Incarnation domain);
    }
}
