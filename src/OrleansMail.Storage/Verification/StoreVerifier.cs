using System.Text.Json;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Verification;

/// <summary>
/// Checks a whole store: every log, pack, head, payload and object, and that they fit together. It writes nothing, and may run beside servers of the store: what
/// does not fit is looked at again before it is reported.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="pace">Told of what is read; null when nobody wants to know.</param>
/// <param name="keyring">The keys of encrypted tenants, which open their large payloads; without them these are counted as not checked.</param>
public sealed class StoreVerifier(IObjectStore store, TimeProvider time, VerificationPace? pace = null, TenantKeyring? keyring = null)
{
    private readonly VerificationContext context = new(store, time, pace ?? (static (_, _) => ValueTask.CompletedTask), keyring);

    /// <summary>Checks everything.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read, or is none.</exception>
    public async Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken)
    {
        var report = new VerificationReport();
        await VerifyAsync(report, null, null, cancellationToken);
        return report;
    }

    /// <summary>Checks everything, or goes on where an earlier check was stopped: logs are read again, domains before the position are not.</summary>
    /// <param name="report">Takes what is found.</param>
    /// <param name="position">Where to go on; null from the beginning.</param>
    /// <param name="reached">Told of the position after each domain; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read, or is none.</exception>
    public async Task VerifyAsync(VerificationReport report, string? position, Func<string, ValueTask>? reached, CancellationToken cancellationToken)
    {
        var (manifest, logs) = await VerifyPartitionsAsync(report, cancellationToken);
        if (position is null)
        {
            await VerifyStatesAsync(report, cancellationToken);
            await DamagedFiles.CountAsync(context, "", report, cancellationToken);
        }

        var seen = new HashSet<DomainFolder>();
        await foreach (var (path, folder, end) in StoreWalk.ReadAsync(store, position, cancellationToken))
        {
            if (folder is { } domain)
                await new DomainVerifier(context, domain, logs.Find(domain.Tenant, domain.Domain), manifest.Generation).VerifyAsync(report, cancellationToken);
            else
                await VerifyOtherAsync(report, path, cancellationToken);
            if (folder is { } done)
                seen.Add(done);
            if (reached is not null)
                await reached(end);
        }

        // Domains of which nothing but logs is there: if these refer to objects, they are missing.
        foreach (var domain in logs.Domains.Where(d => d.Objects.Count > 0 && !seen.Contains(new(d.Key.Tenant, d.Key.Domain)) && position is null))
            await new DomainVerifier(context, new(domain.Key.Tenant, domain.Key.Domain), domain, manifest.Generation).VerifyAsync(report, cancellationToken);
    }

    private async ValueTask<StoreManifest> ReadManifestAsync(CancellationToken cancellationToken) =>
        await StoreManifest.ReadAsync(store, cancellationToken)
            ?? throw new StoreUnavailableException($"{store.Description} is no store: it has no manifest.");

    // Looked at again when the number of partitions was changed meanwhile: the files of the generation before go then.
    private async Task<(StoreManifest Manifest, LogInventory Logs)> VerifyPartitionsAsync(VerificationReport total, CancellationToken cancellationToken)
    {
        for (var manifest = await ReadManifestAsync(cancellationToken); ;)
        {
            var report = new VerificationReport();
            var logs = await VerifyPartitionsAsync(report, manifest, cancellationToken);
            var now = await ReadManifestAsync(cancellationToken);
            if (now.Generation == manifest.Generation)
            {
                total.Add(report);
                return (manifest, logs);
            }

            manifest = now;
        }
    }

    private async Task<LogInventory> VerifyPartitionsAsync(VerificationReport report, StoreManifest manifest, CancellationToken cancellationToken)
    {
        var logs = new LogInventory();
        var folders = Enumerable.Range(0, manifest.Partitions).Select(n => PartitionFolder.Of(manifest.Generation, n)).ToList();
        foreach (var folder in folders)
            logs.Add(await new PartitionVerifier(context, folder).VerifyAsync(report, cancellationToken));
        await foreach (var item in store.ListAsync(PartitionFolder.Root, null, cancellationToken))
        {
            if (folders.Exists(f => item.Path.StartsWith(f, StringComparison.Ordinal)))
                continue;
            if (PartitionFolder.GenerationOf(item.Path) is not { } generation || generation >= manifest.Generation)
                report.Add(MismatchKinds.Manifest, item.Path, $"It belongs to no partition: the manifest says that there are {manifest.Partitions}, of generation {manifest.Generation}.");
            else if (!Checkpoint.IsPath(item.Path))
                report.AddOrphan("log", item, time.GetUtcNow());
        }

        return logs;
    }

    private async ValueTask VerifyOtherAsync(VerificationReport report, string path, CancellationToken cancellationToken)
    {
        var parts = path.Split('/');
        if (parts is not ["t", var tenant, "ledger", ..] || !Ulid.TryParse(tenant, out var id) || !path.StartsWith(TenantPaths.Ledger(new Incarnation(id)), StringComparison.Ordinal)
            || await context.ReadValueAsync(report, path, cancellationToken) is not { } stored)
            return;
        try
        {
            LedgerWriter.Decode(stored.Value.Span);
        }
        catch (InvalidDataException exception)
        {
            report.Add(MismatchKinds.Ledger, path, exception.Message);
        }
    }

    private async ValueTask VerifyStatesAsync(VerificationReport report, CancellationToken cancellationToken)
    {
        await foreach (var item in store.ListAsync("state/", null, cancellationToken))
        {
            if (await context.ReadValueAsync(report, item.Path, cancellationToken) is not { } stored)
                continue;
            try
            {
                using var document = JsonDocument.Parse(stored.Value);
            }
            catch (JsonException exception)
            {
                report.Add(MismatchKinds.State, item.Path, $"It is no JSON: {exception.Message}");
            }
        }
    }
}
