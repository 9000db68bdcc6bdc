using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Verification;

/// <summary>
/// Makes a partition's checkpoint anew from the logs and carried records that exist, beginning at the lowest. Logs that were passed before may be among them:
/// what they have is in packs, and the heads say so.
/// </summary>
internal sealed class CheckpointRepairer(VerificationContext context, string folder, DamagedFiles damaged)
{
    private readonly string path = Checkpoint.PathOf(folder);

    /// <summary>Repairs it, when there is only one way that the logs can be followed.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        var files = await context.Store.ListAsync(folder, null, cancellationToken).Select(i => i.Path[folder.Length..]).ToListAsync(cancellationToken);
        var logs = new List<LogName>();
        foreach (var file in files)
        {
            if (LogName.TryParse(file, out var log))
                logs.Add(log);
        }

        if (await FindAsync(logs, files, cancellationToken) is not { } checkpoint)
        {
            damaged.Note(path, "not repaired: there is more than one way, or none, to follow the logs");
            return;
        }

        await damaged.KeepAsync(path, cancellationToken);
        var old = await context.Store.ReadValueAsync(path, cancellationToken);
        await context.Store.WriteValueAsync(path, checkpoint.Encode(), old?.ETag, cancellationToken);
        damaged.Note(path, checkpoint.Repeats is null
            ? $"made anew from the logs, beginning with {checkpoint.First}; messages that are sent again after a lost reply may be stored twice"
            : $"made anew from the logs, beginning with {checkpoint.First}");
    }

    private async ValueTask<Checkpoint?> FindAsync(List<LogName> logs, List<string> files, CancellationToken cancellationToken)
    {
        if (logs.Count == 0)
            return null;
        var carried = files.Where(static f => f.EndsWith(".carry", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var repeats = files.Where(static f => f.EndsWith(".repeats", StringComparison.Ordinal)).ToList();
        var found = new List<Checkpoint>();
        foreach (var first in logs.Where(l => l.Ordinal == logs.Min(static o => o.Ordinal)))
        {
            var (sequence, batch) = await FirstRecordAsync(first, cancellationToken) ?? (await LastAppliedAsync(carried, cancellationToken) + 1, 1);
            var candidate = new Checkpoint(Checkpoint.CurrentFormat, first.ToString(), logs.Max(static l => l.Epoch), [])
            {
                LastRecord = sequence - 1, LastBatch = batch - 1, Carried = carried, Repeats = repeats.Count == 1 ? repeats[0] : null,
            };
            var (report, _) = await new PartitionVerifier(context, folder).TryAsync(candidate, cancellationToken);
            if (report.Mismatches.All(static m => m.Kind is not (MismatchKinds.Checkpoint or MismatchKinds.LogMissing)) && !report.Orphans.Any(static o => o.Kind == "log"))
                found.Add(candidate);
        }

        return found is [var only] ? only : null;
    }

    private async ValueTask<(long Sequence, uint Batch)?> FirstRecordAsync(LogName name, CancellationToken cancellationToken)
    {
        await using var log = new ReadOnlyLog(context, new VerificationReport(), folder + name);
        var first = new FirstRecord();
        using var scanner = new LogScanner(log, name.Nonce, first);
        var end = await scanner.ScanAsync(0, long.MaxValue, LogOrder.Start, cancellationToken);
        return first.Header is { } header ? (header.Sequence, header.Batch) : end.Order != LogOrder.Start ? (end.Order.Sequence, end.Order.Batch) : null;
    }

    // New records must have numbers that no head takes for its own.
    private async ValueTask<long> LastAppliedAsync(List<string> carried, CancellationToken cancellationToken)
    {
        var last = carried.Select(static c => long.TryParse(c.Split('-')[0], out var number) ? number : 0).DefaultIfEmpty(0).Max();
        await foreach (var (_, domain, _) in StoreWalk.ReadAsync(context.Store, null, cancellationToken))
        {
            if (domain is { } own && HeadSalvage.TryRead(await context.Store.ReadValueAsync(own.Head, cancellationToken), own) is { } head)
                last = Math.Max(last, head.Applied);
        }

        return last;
    }

    private sealed class FirstRecord : ILogVisitor
    {
        public LogRecordHeader? Header { get; private set; }

        public void Visit(in ScannedRecord record) => Header ??= record.Header;

        public void Damaged(long position, long octets, long records)
        {
        }
    }
}
