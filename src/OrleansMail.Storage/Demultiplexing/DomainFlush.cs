using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Brings what logs have of one domain into packs and its head. May be stopped at any instant and repeated.</summary>
internal sealed class DomainFlush(DomainEditor editor, PartitionIndex index, PackBuilder builder) : IDisposable
{
    // A merge holds all metadata of what it merges: one large one at a time, so that memory does not rise with the domains that are flushed at once.
    private const long LargeMerge = 4 * 1024 * 1024;
    private readonly SemaphoreSlim oneLarge = new(1);

    /// <summary>Applies all records and changes up to a number.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="gathered">Its records up to there that are not in packs.</param>
    /// <param name="upTo">The number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> RunAsync(DomainIndex domain, IReadOnlyList<GatheredRecord> gathered, long upTo, CancellationToken cancellationToken) =>
        editor.ChangeAsync(domain, upTo, (head, edit) => ApplyAsync(domain, gathered, upTo, head, edit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => oneLarge.Dispose();

    private async ValueTask<bool> ApplyAsync(
        DomainIndex domain, IReadOnlyList<GatheredRecord> gathered, long upTo, DomainHead head, HeadEdit edit, CancellationToken cancellationToken)
    {
        // What an owner that died brought into packs already is in the logs still.
        var applied = head.AppliedOf(editor.Generation);
        gathered = [.. gathered.Where(r => r.Number > applied)];
        ThrowIfMissing(domain, gathered, upTo);
        List<LoggedChange> changes;
        lock (index.Gate)
            changes = [.. domain.Changes.Where(c => c.Number <= upTo)];
        if (changes.Any(static c => c.Change.Mailbox is null))
        {
            await edit.ClearAsync(cancellationToken);
            return true;
        }

        foreach (var (_, change) in changes)
        {
            if (change.Record is null)
                await edit.RemoveAsync(change.Mailbox!.Value, cancellationToken);
            else
                await edit.DeleteAsync(change.Mailbox!.Value, change.Sequence, cancellationToken);
        }

        var dead = Dead(domain, gathered, upTo);
        var records = Live(gathered, dead, head.Hold, edit);
        await CountAsync(gathered, dead, edit, cancellationToken);
        if (records.Count > 0)
            await PackAsync(domain, records, gathered[0].Number, upTo, head.Hold, edit, cancellationToken);
        return true;
    }

    // A head that passes a record which is in no pack would lose it: what a log does not give back now stays where it is.
    private void ThrowIfMissing(DomainIndex domain, IReadOnlyList<GatheredRecord> gathered, long upTo)
    {
        var found = gathered.Select(static r => r.Number).ToHashSet();
        lock (index.Gate)
        {
            for (var i = 0; i < domain.Records.Count && domain.Records[i].Number <= upTo; i++)
            {
                if (!found.Contains(domain.Records[i].Number))
                    throw new StoreUnavailableException($"Record {domain.Records[i].Id} is not found in log {domain.Records[i].Log}.");
            }
        }
    }

    // What was deleted before it came into a pack.
    private HashSet<(Incarnation Mailbox, long Sequence)> Dead(DomainIndex domain, IReadOnlyList<GatheredRecord> gathered, long upTo)
    {
        lock (index.Gate)
        {
            return [.. gathered.SelectMany(static r => r.Summary.Mailboxes)
                .Where(m => PartitionIndex.Mailbox(domain, m.Incarnation).IsDeletedBy(m.Sequence, upTo))
                .Select(static m => (m.Incarnation, m.Sequence))];
        }
    }

    // It goes with its log, unless it is held.
    private static List<PackRecord> Live(IReadOnlyList<GatheredRecord> gathered, HashSet<(Incarnation Mailbox, long Sequence)> dead, bool hold, HeadEdit edit)
    {
        var records = new List<PackRecord>(gathered.Count);
        foreach (var record in gathered)
        {
            var places = new List<(ushort, bool)>(record.Summary.Mailboxes.Length);
            for (var place = 0; place < record.Summary.Mailboxes.Length; place++)
            {
                var mailbox = record.Summary.Mailboxes[place];
                var isDead = dead.Contains((mailbox.Incarnation, mailbox.Sequence));
                if (!isDead || hold)
                    places.Add(((ushort)place, isDead));
            }

            if (places.Count > 0)
                records.Add(new PackRecord(record.Octets, record.Summary, places) { Payload = record.Payload });
            else if (record.IsObject)
                edit.FreedObjects.Add(record.Summary.Id);
        }

        return records;
    }

    private static async ValueTask CountAsync(
        IReadOnlyList<GatheredRecord> gathered, HashSet<(Incarnation Mailbox, long Sequence)> dead, HeadEdit edit, CancellationToken cancellationToken)
    {
        foreach (var record in gathered)
        {
            foreach (var mailbox in record.Summary.Mailboxes)
            {
                var row = await edit.RowAsync(mailbox.Incarnation, cancellationToken);
                row.LastSequence = Math.Max(row.LastSequence, mailbox.Sequence);
                row.LastMessageAt = Math.Max(row.LastMessageAt, record.Summary.ReceivedAt.UtcTicks);
                if (dead.Contains((mailbox.Incarnation, mailbox.Sequence)))
                    continue;
                row.Messages++;
                row.Bytes += record.Summary.Size;
            }
        }
    }

    private async ValueTask PackAsync(
        DomainIndex domain, List<PackRecord> records, long first, long upTo, bool hold, HeadEdit edit, CancellationToken cancellationToken)
    {
        var merged = PackMerge.Count(edit.Packs, records.Sum(static r => r.Size), records.Sum(static r => r.Places.Count), builder.MaxBytes);
        var old = edit.Packs.Skip(edit.Packs.Count - merged).ToList();
        if (old.Sum(static p => p.Octets) <= LargeMerge)
        {
            await MergeAsync(domain, old, records, first, upTo, hold, edit, cancellationToken);
            return;
        }

        await oneLarge.WaitAsync(cancellationToken);
        try
        {
            await MergeAsync(domain, old, records, first, upTo, hold, edit, cancellationToken);
        }
        finally
        {
            oneLarge.Release();
        }
    }

    private async ValueTask MergeAsync(
        DomainIndex domain, List<PackRef> old, List<PackRecord> records, long first, long upTo, bool hold, HeadEdit edit, CancellationToken cancellationToken)
    {
        var all = new List<PackRecord>();
        foreach (var pack in old)
        {
            if (!hold)
                await edit.FreeObjectsAsync(pack, cancellationToken);
            all.AddRange(await builder.ReadAsync(domain.Key, pack, hold, cancellationToken));
        }

        all.AddRange(records);
        var deadSince = old.Where(static p => p.DeadSince > 0).Select(static p => p.DeadSince).DefaultIfEmpty(edit.Now).Min();
        var added = await builder.WriteAsync(edit, domain.Key, (first, upTo), all, deadSince, cancellationToken);
        await edit.ReplaceAsync(old, added, cancellationToken);
    }
}
