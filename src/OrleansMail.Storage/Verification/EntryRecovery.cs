using OrleansMail.Contracts;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>
/// Makes damaged rows of a pack's entries anew from the records that they led to. Which records had a row is told by the directory, the ids and the rows around:
/// what was deleted and left out does not come back, unless these are damaged too.
/// </summary>
/// <param name="tables">The pack's tables; damaged rows are filled in.</param>
/// <param name="records">Its sound records.</param>
/// <param name="areAll">Whether all of its records are sound.</param>
internal sealed class EntryRecovery(PackTables tables, IReadOnlyList<FoundRecord> records, bool areAll)
{
    private readonly Dictionary<long, FoundRecord> byPosition = records.ToDictionary(static r => r.At);
    private readonly Dictionary<int, Ulid> ids = tables.Ids.OfType<PackId>().DistinctBy(static i => i.Entry).ToDictionary(static i => (int)i.Entry, static i => i.Id);

    private readonly List<PackMailbox> directory = [.. tables.Mailboxes.OfType<PackMailbox>().OrderBy(static m => m.First)];
    private readonly List<PackEntry> additional = [];
    private long lost;

    /// <summary>Entries of records that had a row, or were deleted and had none: their indexes are behind the table's.</summary>
    public IReadOnlyList<PackEntry> Additional => additional;

    /// <summary>Rows for which there is no record.</summary>
    public long Lost => lost;

    /// <summary>Fills in what can be told. Whether it leads to something sound is for the caller to check.</summary>
    public void Run()
    {
        var taken = tables.Entries.OfType<PackEntry>().Select(e => KeyOf(e)).OfType<EntryKey>().ToHashSet();
        var candidates = records.Where(static r => r.Entry is not null)
            .SelectMany(static r => r.Record.Summary.Mailboxes.Select((_, place) => new Candidate(r, (ushort)place, r.KeyAt(place))))
            .Where(c => !taken.Contains(c.Key)).OrderBy(static c => c.Key).ToList();
        var at = 0;
        foreach (var (from, to) in Gaps())
        {
            if (from > 0 && KeyOf(tables.Entries[from - 1]) is { } low)
                at = Behind(candidates, at, low);
            var end = to < tables.Entries.Length && KeyOf(tables.Entries[to]) is { } high ? Behind(candidates, at, high) : candidates.Count;
            Fill([.. Enumerable.Range(from, to - from)], candidates.GetRange(at, end - at));
        }
    }

    private static int Behind(List<Candidate> candidates, int at, EntryKey key)
    {
        while (at < candidates.Count && candidates[at].Key.CompareTo(key) < 0)
            at++;
        return at;
    }

    private EntryKey? KeyOf(PackEntry? entry) => entry is { } row && byPosition.TryGetValue(row.MetadataOffset, out var found) ? found.KeyOf(row) : null;

    private List<(int From, int To)> Gaps()
    {
        var gaps = new List<(int From, int To)>();
        for (var i = 0; i < tables.Entries.Length; i++)
        {
            if (tables.Entries[i] is not null)
                continue;
            if (gaps.Count > 0 && gaps[^1].To == i)
                gaps[^1] = (gaps[^1].From, i + 1);
            else
                gaps.Add((i, i + 1));
        }

        return gaps;
    }

    // What is known of a row decides which records it can have led to: first the rows of which most is known.
    private void Fill(List<int> rows, List<Candidate> candidates)
    {
        var byId = candidates.ToLookup(static c => c.Found.Record.Summary.Id);
        var byMailbox = candidates.ToLookup(static c => c.Key.Mailbox);
        var groups = rows.GroupBy(i => (Id: ids.TryGetValue(i, out var id) ? id : (Ulid?)null, Mailbox: MailboxOf(i)));
        foreach (var group in groups.OrderBy(static g => (g.Key.Id is null ? 2 : 0) + (g.Key.Mailbox is null ? 1 : 0)))
        {
            var (id, mailbox) = group.Key;
            var own = id is { } known ? byId[known] : mailbox is { } its ? byMailbox[its] : candidates;
            Resolve([.. group], [.. own.Where(c => (mailbox is null || c.Key.Mailbox == mailbox) && !c.IsUsed)], isSure: id is not null || areAll);
        }
    }

    // Rows and records are in the same order, so as many of one as of the other belong together, unless there may be records that can't be read. Where there are
    // more, some were deleted and left out. If nobody knows which, none is to be lost: a wrong row could be one that is deleted.
    private void Resolve(List<int> rows, List<Candidate> own, bool isSure)
    {
        own.ForEach(static c => c.IsUsed = true);
        if (rows.Count != own.Count || !isSure)
        {
            lost += Math.Max(0, rows.Count - own.Count);
            foreach (var candidate in own)
                additional.Add(EntryOf(candidate, tables.Entries.Length + additional.Count));
            return;
        }

        for (var i = 0; i < rows.Count; i++)
            tables.Entries[rows[i]] = EntryOf(own[i], rows[i]);
    }

    private Incarnation? MailboxOf(int index)
    {
        var (low, high) = (0, directory.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (directory[middle].First + directory[middle].Count <= index)
                low = middle + 1;
            else
                high = middle;
        }

        return low < directory.Count && directory[low].First <= index ? directory[low].Mailbox : null;
    }

    private static PackEntry EntryOf(Candidate candidate, int index) =>
        candidate.Found.Entry!.Value with { Index = (uint)index, Sequence = candidate.Key.Sequence, Place = candidate.Place };

    private sealed class Candidate(FoundRecord found, ushort place, EntryKey key)
    {
        public FoundRecord Found => found;

        public ushort Place => place;

        public EntryKey Key => key;

        public bool IsUsed { get; set; }
    }
}
