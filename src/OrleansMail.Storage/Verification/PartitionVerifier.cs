using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Verification;

/// <summary>Follows one partition from its checkpoint through carried records and logs, and checks all of it. Nothing is written.</summary>
internal sealed class PartitionVerifier(VerificationContext context, string folder)
{
    private readonly string path = Checkpoint.PathOf(folder);

    /// <summary>Checks the partition; what does not fit is looked at again, since logs grow while they are read and the checkpoint may pass them.</summary>
    public async Task<LogInventory> VerifyAsync(VerificationReport total, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (report, inventory) = (new VerificationReport(), new LogInventory());
            var before = await context.ReadValueAsync(report, path, cancellationToken);
            await VerifyAsync(before, report, inventory, cancellationToken);
            if (report.IsSound || attempt == VerificationContext.MaxAttempts || (attempt > 1 && !await HasChangedAsync(before, cancellationToken)))
            {
                total.Add(report);
                return inventory;
            }
        }
    }

    /// <summary>What a check would find if the checkpoint was another one.</summary>
    public async Task<(VerificationReport Report, LogInventory Logs)> TryAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var (report, inventory) = (new VerificationReport(), new LogInventory());
        await VerifyAsync(new StoredValue(checkpoint.Encode(), ""), report, inventory, cancellationToken);
        return (report, inventory);
    }

    private async ValueTask<bool> HasChangedAsync(StoredValue? before, CancellationToken cancellationToken) =>
        (await context.Store.ReadValueAsync(path, cancellationToken))?.ETag != before?.ETag;

    private async Task VerifyAsync(StoredValue? stored, VerificationReport report, LogInventory inventory, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            if (await context.Store.ListAsync(folder, null, cancellationToken).AnyAsync(cancellationToken))
                report.Add(MismatchKinds.Checkpoint, path, "It is missing.");
            return;
        }

        report.Counts.Partitions++;
        if (CheckpointReader.TryRead(stored.Value.Span, path, out var checkpoint) is { } problem)
            report.Add(MismatchKinds.Checkpoint, path, problem);
        if (checkpoint is null)
            return;
        var used = new HashSet<string>(StringComparer.Ordinal) { path };
        await VerifyRepeatsAsync(checkpoint, report, used, cancellationToken);
        foreach (var carried in checkpoint.Carried)
            await VerifyCarriedAsync(carried, report, inventory, used, cancellationToken);
        await FollowAsync(checkpoint, report, inventory, used, cancellationToken);
        await FindOrphansAsync(report, used, cancellationToken);
    }

    private async ValueTask VerifyRepeatsAsync(Checkpoint checkpoint, VerificationReport report, HashSet<string> used, CancellationToken cancellationToken)
    {
        if (checkpoint.Repeats is not { } name)
            return;
        used.Add(folder + name);
        if (await context.ReadValueAsync(report, folder + name, cancellationToken) is null)
        {
            report.Add(MismatchKinds.LogMissing, folder + name, "The checkpoint names it.");
            return;
        }

        try
        {
            await RepeatFile.LoadAsync(context.Store, folder, name, new RepeatWindow(TimeSpan.FromDays(2), 131_072, context.Time), cancellationToken);
        }
        catch (StoreUnavailableException exception) when (exception.InnerException is InvalidDataException)
        {
            report.Add(MismatchKinds.Repeats, folder + name, exception.InnerException.Message);
        }
    }

    private async Task VerifyCarriedAsync(string name, VerificationReport report, LogInventory inventory, HashSet<string> used, CancellationToken cancellationToken)
    {
        used.Add(folder + name);
        if (!PartitionFolder.IsLog(name))
        {
            report.Add(MismatchKinds.Checkpoint, path, $"'{name}' is no file of carried records.");
            return;
        }

        var end = await ScanAsync(folder + name, PartitionFolder.NonceOf(name), long.MaxValue, LogOrder.Start, true, false, report, inventory, cancellationToken);
        if (end is { IsTorn: true })
            report.Add(MismatchKinds.Log, folder + name, $"What is behind {end.Position} is damaged.");
    }

    private async Task FollowAsync(Checkpoint checkpoint, VerificationReport report, LogInventory inventory, HashSet<string> used, CancellationToken cancellationToken)
    {
        var order = checkpoint.LastRecord == 0 ? LogOrder.Start : new LogOrder(checkpoint.LastRecord, 0, checkpoint.LastBatch, BatchIsWhole: true);
        var isFirst = true;
        for (var next = checkpoint.First; next is not null && used.Add(folder + next); isFirst = false)
        {
            if (!LogName.TryParse(next, out var name))
            {
                report.Add(MismatchKinds.Log, folder + next, "It is no log's name.");
                return;
            }

            var detour = checkpoint.Detours.FirstOrDefault(d => d.Log == next);
            if (isFirst && await IsNewAsync(name, cancellationToken))
                return;
            if (await ScanAsync(folder + next, name.Nonce, detour?.End ?? long.MaxValue, order, false, isFirst, report, inventory, cancellationToken) is not { } end)
                return;
            await CheckBeginningAsync(name, isFirst ? order : null, end, report, cancellationToken);
            order = end.Order;
            next = end.Successor ?? detour?.Successor ?? await FindLostSuccessorAsync(name, report, cancellationToken);
            if (next is null && end.IsTorn)
                report.Counts.TornTails++;
            if (next is not null && await context.FindAsync(folder + next, cancellationToken) is null)
                break; // named, and not begun
        }

        if (order.Epoch != 0 && checkpoint.Epoch > order.Epoch)
            report.Add(MismatchKinds.Checkpoint, path, $"Its epoch is {checkpoint.Epoch}, and that of the logs {order.Epoch}.");
    }

    // A partition that was never opened, or only just, has a checkpoint and no log.
    private async ValueTask<bool> IsNewAsync(LogName first, CancellationToken cancellationToken) =>
        first.Ordinal == 1 && !await context.Store.ListAsync(folder, null, cancellationToken).AnyAsync(i => LogName.TryParsePath(i.Path, out _), cancellationToken);

    private async Task<ScanEnd?> ScanAsync(
        string file, ulong nonce, long end, LogOrder order, bool isCarried, bool isFirst, VerificationReport report, LogInventory inventory, CancellationToken cancellationToken)
    {
        try
        {
            report.Counts.Logs++;
            await using var log = new ReadOnlyLog(context, report, file);
            using var scanner = new LogScanner(log, nonce, new LogRecordCheck(report, inventory, file, isFirst)) { AllowsGaps = isCarried };
            return await scanner.ScanAsync(0, end, order, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            report.Add(MismatchKinds.LogMissing, file, isCarried ? "The checkpoint names it." : "The checkpoint or the log before it names it.");
        }
        catch (InvalidDataException exception)
        {
            report.Add(MismatchKinds.Record, file, exception.Message);
        }

        return null;
    }

    // Records that are sound, but not behind what the checkpoint says is before them, would be taken for damaged, or for an append that did not finish.
    private async ValueTask CheckBeginningAsync(LogName name, LogOrder? before, ScanEnd end, VerificationReport report, CancellationToken cancellationToken)
    {
        if (before is null && (end.Position != 0 || !end.IsTorn))
            return;
        await using var log = new ReadOnlyLog(context, report, folder + name);
        using var window = new LogWindow(log);
        var octets = await window.GetAsync(0, LogRecordHeader.Size, cancellationToken);
        if (!LogRecordHeader.TryRead(octets.Span, out var header) || before?.Admits(header) == true)
            return;
        octets = await window.GetAsync(0, header.Length, cancellationToken);
        if (header.IsSound(octets.Span, name.Nonce))
            report.Add(MismatchKinds.Checkpoint, path, $"Log {name} begins with record {header.Sequence}, which can't follow what the checkpoint says.");
    }

    private async ValueTask<string?> FindLostSuccessorAsync(LogName name, VerificationReport report, CancellationToken cancellationToken)
    {
        await foreach (var item in context.Store.ListAsync(folder, folder + name, cancellationToken))
        {
            if (!LogName.TryParsePath(item.Path, out var other) || other.Ordinal != name.Ordinal + 1
                || await LogChain.PredecessorOfAsync(context.Store, folder, other, cancellationToken) != name.ToString())
                continue;
            report.Add(MismatchKinds.Log, folder + name, $"Its end is damaged or missing; it goes on with {other}, which names it.");
            return other.ToString();
        }

        return null;
    }

    private async Task FindOrphansAsync(VerificationReport report, HashSet<string> used, CancellationToken cancellationToken)
    {
        await foreach (var item in context.Store.ListAsync(folder, null, cancellationToken))
        {
            if (!used.Contains(item.Path))
                report.AddOrphan(KindOf(item.Path), item, context.Time.GetUtcNow());
        }
    }

    private static string KindOf(string path) => path[(path.LastIndexOf('.') + 1)..] switch
    {
        "log" => "log",
        "carry" => "carried",
        "repeats" => "repeats",
        _ => "other",
    };
}
