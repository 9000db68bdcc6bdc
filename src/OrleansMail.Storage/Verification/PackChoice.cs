using System.Globalization;
using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>A pack of a head that is made anew.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Dead">Its entries that are deleted.</param>
/// <param name="DeadSince">When the first of these was, in UTC ticks.</param>
internal sealed record ChosenPack(SalvagedPack Pack, EntrySet Dead, long DeadSince)
{
    /// <summary>Entries that another pack has already.</summary>
    public HashSet<uint> Elsewhere { get; } = [];

    /// <summary>Whether the pack can stay as it is.</summary>
    public bool IsKept => Pack.IsSound && Elsewhere.Count == 0;

    /// <summary>What has to be written anew when it can't.</summary>
    public List<RewrittenRecord> Rest() =>
        [.. Pack.Records.Select(Without).Where(static r => r.Places.Count > 0)];

    private RewrittenRecord Without(SalvagedRecord record) => new(
        record, [.. record.Entries.Where(e => !Elsewhere.Contains(e.Index)).OrderBy(static e => e.Place).Select(e => (e.Place, Dead.Contains(e.Index)))]);
}

/// <summary>Which packs of a domain without a head make it up.</summary>
internal static class PackChoice
{
    /// <summary>
    /// Packs that were replaced by a merge or a compaction may still be there. The newest is taken first; what older ones have beyond it is taken too: it was
    /// deleted since, or its replacement was never finished, and only the head knew which.
    /// </summary>
    public static List<ChosenPack> Choose(IEnumerable<SalvagedPack> packs, DamagedFiles damaged)
    {
        var taken = new HashSet<(Incarnation Mailbox, long Sequence)>();
        var chosen = new List<ChosenPack>();
        foreach (var pack in packs.OrderByDescending(static p => EpochOf(p.Name)).ThenByDescending(static p => p.Trailer!.LastRecord).ThenByDescending(static p => p.WrittenAt))
        {
            var candidate = new ChosenPack(pack, EntrySet.Empty, 0);
            foreach (var (record, entry) in pack.Records.SelectMany(static r => r.Entries.Select(e => (r, e))))
            {
                if (!taken.Add((record.Summary.Mailboxes[entry.Place].Incarnation, entry.Sequence)))
                    candidate.Elsewhere.Add(entry.Index);
            }

            if (candidate.Elsewhere.Count < pack.Records.Sum(static r => r.Entries.Count))
                chosen.Add(candidate);
            else
                damaged.Note(pack.Path, "not used: newer packs have all that is in it");
        }

        return [.. chosen.OrderBy(static c => c.Pack.Trailer!.LastRecord).ThenBy(static c => c.Pack.Trailer!.FirstRecord).ThenBy(static c => c.Pack.Trailer!.LowestId)];
    }

    /// <summary>The epoch in a pack's name; 0 when it has none.</summary>
    public static uint EpochOf(string name) =>
        name.Split('-') is [_, _, var epoch, ..] && uint.TryParse(epoch, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
