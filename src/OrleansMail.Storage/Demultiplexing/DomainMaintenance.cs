using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Retention and compaction of one domain: expires what is due, drops packs of which nothing is left, and writes others anew without what was deleted.</summary>
internal sealed class DomainMaintenance(DomainEditor editor, PartitionIndex index, PackBuilder builder, PackCatalog packs, OrphanSweep sweep, PartitionContext context)
{
    /// <summary>Does what is due.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(DomainIndex domain, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        await HoldAsync(domain, policy.Hold, cancellationToken);
        var expired = policy.Hold ? 0 : await new Expiry(editor, packs, context).RunAsync(domain, policy, cancellationToken);
        var (dropped, compacted, freed) = policy.Hold ? (0, 0, 0L) : await FreeAsync(domain, cancellationToken);
        var orphans = policy.Hold ? 0 : await sweep.RunAsync(domain, cancellationToken);
        return new MaintenanceReport(expired, dropped, compacted, freed, orphans, Head(domain)?.Packs.Sum(static p => (long)p.Dead.Count) ?? 0);
    }

    private DomainHead? Head(DomainIndex domain)
    {
        lock (index.Gate)
            return domain.Head?.Head;
    }

    private async ValueTask HoldAsync(DomainIndex domain, bool hold, CancellationToken cancellationToken)
    {
        if (Head(domain) is { } head && head.Hold == hold)
            return;
        await editor.ChangeAsync(
            domain,
            applied: null,
            (old, edit) =>
            {
                edit.Hold = hold;
                return new(old.Hold != hold);
            },
            cancellationToken);
    }

    private async ValueTask<(int Dropped, int Compacted, long Freed)> FreeAsync(DomainIndex domain, CancellationToken cancellationToken)
    {
        var (dropped, compacted, freed) = (0, 0, 0L);
        var seen = new HashSet<uint>();
        while (Head(domain) is { } head && head.Packs.FirstOrDefault(p => IsDue(p) && seen.Add(p.Number)) is { } pack)
        {
            var isWritten = await editor.ChangeAsync(domain, applied: null, (old, edit) => RewriteAsync(old, edit, pack.Number, cancellationToken), cancellationToken);
            if (!isWritten)
                continue;
            freed += pack.Octets - (Head(domain)?.Packs.Where(p => !head.Packs.Contains(p)).Sum(static p => p.Octets) ?? 0);
            (dropped, compacted) = pack.IsDead ? (dropped + 1, compacted) : (dropped, compacted + 1);
        }

        return (dropped, compacted, freed);
    }

    private bool IsDue(PackRef pack) =>
        pack.IsDead
        || pack.DeadBytes * 2 > pack.RawBytes
        || (pack.Dead.Count > 0 && context.Time.GetUtcNow().UtcTicks - pack.DeadSince > context.Options.DeleteWithin.Ticks / 2);

    private async ValueTask<bool> RewriteAsync(DomainHead head, HeadEdit edit, uint number, CancellationToken cancellationToken)
    {
        if (head.FindPack(number) is not { } pack || head.Hold)
            return false;
        await edit.FreeObjectsAsync(pack, cancellationToken);
        var records = pack.IsDead ? [] : await builder.ReadAsync(head.Domain, pack, hold: false, cancellationToken);
        var added = records.Count == 0 ? [] : await builder.WriteAsync(edit, head.Domain, pack.Covered, records, 0, cancellationToken);
        context.Stepped(MaintenanceStep.PackCompacted);
        await edit.ReplaceAsync([pack], added, cancellationToken);
        return true;
    }
}
