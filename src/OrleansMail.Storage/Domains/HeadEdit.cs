using OrleansMail.Contracts;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Domains;

/// <summary>A new head in the making: packs added, replaced and dropped, entries deleted. Nothing of the old one changes.</summary>
/// <param name="head">The old one.</param>
/// <param name="pages">Reads and writes rows.</param>
/// <param name="packs">Opens packs.</param>
/// <param name="now">The time, in UTC ticks.</param>
internal sealed class HeadEdit(DomainHead head, MailboxPages pages, PackCatalog packs, long now)
{
    private readonly Dictionary<Incarnation, RowEdit> rows = [];
    private readonly List<PackRef> current = [.. head.Packs];
    private uint nextPack = head.NextPack;

    /// <summary>A legal hold.</summary>
    public bool Hold { get; set; } = head.Hold;

    /// <summary>Records whose large payloads nothing refers to any more, once the new head is written.</summary>
    public List<Ulid> FreedObjects { get; } = [];

    /// <summary>The time of the change, in UTC ticks.</summary>
    public long Now => now;

    /// <summary>The packs as they will be.</summary>
    public IReadOnlyList<PackRef> Packs => current;

    /// <summary>The rows that change.</summary>
    public IReadOnlyDictionary<Incarnation, MailboxRow?> Rows => rows.ToDictionary(static r => r.Key, static r => r.Value.ToRow());

    /// <summary>A mailbox's row.</summary>
    public async ValueTask<RowEdit> RowAsync(Incarnation mailbox, CancellationToken cancellationToken)
    {
        if (!rows.TryGetValue(mailbox, out var row))
            rows[mailbox] = row = new RowEdit(mailbox, await pages.FindAsync(head, mailbox, cancellationToken));
        return row;
    }

    /// <summary>Deletes a message; no effect when it is in no pack.</summary>
    public async ValueTask DeleteAsync(Incarnation mailbox, long sequence, CancellationToken cancellationToken)
    {
        var row = await RowAsync(mailbox, cancellationToken);
        var at = row.Runs.FindLastIndex(r => r.FirstSequence <= sequence);
        if (at < 0 || current.Find(p => p.Number == row.Runs[at].Pack) is not { } pack)
            return;
        var reader = await packs.OpenAsync(head.Domain, pack, cancellationToken);
        if (await FindAsync(reader, row.Runs[at], sequence, cancellationToken) is { } index)
            await DeleteAsync(mailbox, pack.Number, [(index, index + 1)], cancellationToken);
    }

    /// <summary>Ends a mailbox: all of its entries are deleted, and it gets no row.</summary>
    public async ValueTask RemoveAsync(Incarnation mailbox, CancellationToken cancellationToken)
    {
        var row = await RowAsync(mailbox, cancellationToken);
        foreach (var run in row.Runs)
            await DeleteAsync(mailbox, run.Pack, [(run.First, run.First + run.Count)], cancellationToken);
        row.IsRemoved = true;
    }

    /// <summary>Frees the large payloads of a pack's records of which every entry is deleted.</summary>
    public async ValueTask FreeObjectsAsync(PackRef pack, CancellationToken cancellationToken)
    {
        var reader = await packs.OpenAsync(head.Domain, pack, cancellationToken);
        var entries = await reader.ReadEntriesAsync(0, reader.Trailer.Entries, cancellationToken);
        foreach (var record in entries.Where(static e => e.IsObject).GroupBy(static e => e.Id))
        {
            if (record.All(e => pack.Dead.Contains(e.Index)))
                FreedObjects.Add(record.Key);
        }
    }

    /// <summary>Ends the domain: no pack and no row is left.</summary>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        current.Clear();
        await foreach (var row in pages.ReadAllAsync(head, cancellationToken))
            (await RowAsync(row.Mailbox, cancellationToken)).IsRemoved = true;
    }

    /// <summary>Deletes entries of a mailbox in a pack.</summary>
    /// <returns>How many were not deleted before.</returns>
    public async ValueTask<long> DeleteAsync(Incarnation mailbox, uint number, IReadOnlyList<(uint From, uint To)> ranges, CancellationToken cancellationToken)
    {
        var at = current.FindIndex(p => p.Number == number);
        if (at < 0)
            return 0;
        var pack = current[at];
        var reader = await packs.OpenAsync(head.Domain, pack, cancellationToken);
        var (messages, bytes) = (0L, 0L);
        foreach (var (from, to) in ranges)
        {
            foreach (var entry in await reader.ReadEntriesAsync(from, to - from, cancellationToken))
                (messages, bytes) = pack.Dead.Contains(entry.Index) ? (messages, bytes) : (messages + 1, bytes + entry.Size);
        }

        if (messages == 0)
            return 0;
        current[at] = pack with { Dead = pack.Dead.With(ranges), DeadBytes = pack.DeadBytes + bytes, DeadSince = pack.DeadSince == 0 ? now : pack.DeadSince };
        var row = await RowAsync(mailbox, cancellationToken);
        row.Messages -= messages;
        row.Bytes -= bytes;
        return messages;
    }

    /// <summary>The number that the next pack gets.</summary>
    public uint TakeNumber() => nextPack++;

    /// <summary>Puts new packs in the place of neighbouring old ones, or at the end when there are none.</summary>
    /// <param name="old">The packs that go; neighbours, in order.</param>
    /// <param name="added">The packs that come, in order, and what is in them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask ReplaceAsync(IReadOnlyList<PackRef> old, IReadOnlyList<(PackRef Pack, PackSummary Summary)> added, CancellationToken cancellationToken)
    {
        var gone = old.Select(static p => p.Number).ToHashSet();
        var runs = new Dictionary<Incarnation, List<EntryRun>>();
        foreach (var pack in old)
        {
            var reader = await packs.OpenAsync(head.Domain, pack, cancellationToken);
            foreach (var mailbox in await reader.ReadDirectoryAsync(cancellationToken))
                runs.TryAdd(mailbox.Mailbox, []);
        }

        foreach (var (pack, summary) in added)
        {
            foreach (var mailbox in summary.Mailboxes)
            {
                if (!runs.TryGetValue(mailbox.Mailbox, out var own))
                    runs[mailbox.Mailbox] = own = [];
                own.Add(new EntryRun(pack.Number, mailbox.First, mailbox.Count, mailbox.FirstSequence));
            }
        }

        foreach (var (mailbox, own) in runs)
            (await RowAsync(mailbox, cancellationToken)).Replace(gone, own);
        var at = old.Count == 0 ? current.Count : current.FindIndex(p => p.Number == old[0].Number);
        current.RemoveAll(p => gone.Contains(p.Number));
        current.InsertRange(at, added.Select(static a => a.Pack));
    }

    /// <summary>Writes the pages that change and makes the head, which counts once it is written.</summary>
    public async ValueTask<DomainHead> BuildAsync(int generation, uint epoch, long applied, CancellationToken cancellationToken)
    {
        var changes = Rows;
        var (messages, bytes) = (head.Messages, head.Bytes);
        foreach (var row in rows.Values)
        {
            messages += (row.IsRemoved ? 0 : row.Messages) - (row.Before?.Messages ?? 0);
            bytes += (row.IsRemoved ? 0 : row.Bytes) - (row.Before?.Bytes ?? 0);
        }

        var next = await pages.ReplaceAsync(head, changes, cancellationToken);
        return next with
        {
            Hold = Hold, Generation = generation, Epoch = epoch, Applied = applied, NextPack = nextPack, Packs = [.. current], Messages = messages, Bytes = bytes,
        };
    }

    private static async ValueTask<uint?> FindAsync(PackReader reader, EntryRun run, long sequence, CancellationToken cancellationToken)
    {
        var at = await EntrySearch.FirstBehindAsync(reader, run, sequence - 1, cancellationToken);
        if (at >= run.Count)
            return null;
        var entry = (await reader.ReadEntriesAsync(run.First + at, 1, cancellationToken))[0];
        return entry.Sequence == sequence ? entry.Index : null;
    }
}
