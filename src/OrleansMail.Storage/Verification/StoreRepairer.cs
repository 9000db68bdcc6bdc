using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Verification;

/// <summary>What a repair did.</summary>
/// <param name="Steps">What was replaced, kept, lost, and could not be mended.</param>
/// <param name="After">What a verification found afterwards.</param>
public sealed record RepairReport(IReadOnlyList<RepairStep> Steps, VerificationReport After);

/// <summary>
/// Mends a store as far as it can be mended: heads, pages and rows from packs, packs from what is sound in them, checkpoints from logs. Whatever it replaces
/// is kept before (<see cref="DamagedFiles"/>). No server of the store should run meanwhile.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="pace">Told of what is read; null when nobody wants to know.</param>
public sealed class StoreRepairer(IObjectStore store, TimeProvider time, VerificationPace? pace = null)
{
    private readonly VerificationContext context = new(store, time, pace ?? (static (_, _) => ValueTask.CompletedTask));

    /// <summary>Repairs what is damaged, and verifies the whole store afterwards. It may be stopped at any instant and repeated.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written, or is none.</exception>
    public async Task<RepairReport> RepairAsync(CancellationToken cancellationToken)
    {
        var damaged = new DamagedFiles(store, time);
        var manifest = await StoreManifest.ReadAsync(store, cancellationToken)
            ?? throw new StoreUnavailableException($"{store.Description} is no store: it has no manifest.");
        var logs = new LogInventory();
        for (var number = 0; number < manifest.Partitions; number++)
            logs.Add(await RepairPartitionAsync(PartitionFolder.Of(manifest.Generation, number), damaged, cancellationToken));
        await foreach (var (_, folder, _) in StoreWalk.ReadAsync(store, null, cancellationToken))
        {
            if (folder is not { } domain)
                continue;
            var (report, logged) = (new VerificationReport(), logs.Find(domain.Tenant, domain.Domain));
            await new DomainVerifier(context, domain, logged, manifest.Generation).VerifyAsync(report, cancellationToken);
            if (report.Mismatches.Any(static m => m.Kind is not (MismatchKinds.Object or MismatchKinds.ObjectMissing)))
                await new DomainRepairer(context, domain, logged, manifest.Generation, damaged).RepairAsync(cancellationToken);
        }

        var after = await new StoreVerifier(store, time, pace).VerifyAsync(cancellationToken);
        return new RepairReport(damaged.Steps, after);
    }

    private async Task<LogInventory> RepairPartitionAsync(string folder, DamagedFiles damaged, CancellationToken cancellationToken)
    {
        var report = new VerificationReport();
        var logs = await new PartitionVerifier(context, folder).VerifyAsync(report, cancellationToken);
        if (!report.Mismatches.Any(static m => m.Kind is MismatchKinds.Checkpoint or MismatchKinds.LogMissing))
            return logs;
        await new CheckpointRepairer(context, folder, damaged).RepairAsync(cancellationToken);
        return await new PartitionVerifier(context, folder).VerifyAsync(new VerificationReport(), cancellationToken);
    }
}
