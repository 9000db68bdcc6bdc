using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>A record that is to be written anew.</summary>
/// <param name="Record">The record.</param>
/// <param name="Places">The places of the mailboxes that have it, and whether the entry is deleted.</param>
internal sealed record RewrittenRecord(SalvagedRecord Record, IReadOnlyList<(ushort Place, bool IsDead)> Places);

/// <summary>Writes what is sound of damaged packs anew.</summary>
internal sealed class PackRewriter(VerificationContext context, DomainKey domain, uint epoch)
{
    // What is in memory at once, payloads not compressed.
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Writes records, in order, in as many packs as they need.</summary>
    public async Task<List<PackRef>> WriteAsync(
        IReadOnlyList<RewrittenRecord> records, (long First, long Last) covered, long deadSince, CancellationToken cancellationToken)
    {
        var written = new List<PackRef>();
        using var writer = new PackWriter(context.Store, compress: true);
        for (var from = 0; from < records.Count;)
        {
            var to = from;
            for (var (size, entries) = (0L, 0); to < records.Count; to++)
            {
                size += records[to].Record.Header.Length;
                entries += records[to].Places.Count;
                if (to > from && (size > MaxBytes || entries > PackBuilder.MaxEntries))
                    break;
            }

            var loaded = await LoadAsync(records.Skip(from).Take(to - from).ToList(), cancellationToken);
            var name = PackRef.CreateName(covered.First, covered.Last, epoch);
            var summary = await writer.WriteAsync(DomainPaths.Pack(domain, name), domain, covered, loaded, null, cancellationToken);
            written.Add(PackBuilder.Describe(0, name, summary, deadSince));
            from = to;
        }

        return written;
    }

    private async ValueTask<List<PackRecord>> LoadAsync(List<RewrittenRecord> records, CancellationToken cancellationToken)
    {
        var loaded = new List<PackRecord>(records.Count);
        var report = new VerificationReport();
        foreach (var pack in records.GroupBy(static r => r.Record.Path, StringComparer.Ordinal))
        {
            await using var file = new ReadOnlyLog(context, report, pack.Key);
            using var window = new LogWindow(file);
            foreach (var record in pack)
                loaded.Add(await record.Record.LoadAsync(window, record.Places, cancellationToken));
        }

        return loaded;
    }
}
