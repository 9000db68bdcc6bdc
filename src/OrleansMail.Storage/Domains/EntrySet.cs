namespace OrleansMail.Storage.Domains;

/// <summary>A set of entry indexes as ranges, in order: what is deleted in a pack. Immutable.</summary>
internal sealed class EntrySet
{
    private readonly (uint From, uint To)[] ranges; // To is exclusive

    private EntrySet((uint From, uint To)[] ranges)
    {
        this.ranges = ranges;
        foreach (var (from, to) in ranges)
            Count += (int)(to - from);
    }

    /// <summary>Nothing.</summary>
    public static EntrySet Empty { get; } = new([]);

    /// <summary>How many indexes are in it.</summary>
    public int Count { get; }

    /// <summary>The ranges, their ends exclusive.</summary>
    public IReadOnlyList<(uint From, uint To)> Ranges => ranges;

    /// <summary>A set of ranges in any order, which may overlap.</summary>
    public static EntrySet Of(IEnumerable<(uint From, uint To)> ranges)
    {
        var merged = new List<(uint From, uint To)>();
        foreach (var range in ranges.Where(r => r.To > r.From).OrderBy(r => r.From))
        {
            if (merged.Count > 0 && range.From <= merged[^1].To)
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, range.To));
            else
                merged.Add(range);
        }

        return merged.Count == 0 ? Empty : new EntrySet([.. merged]);
    }

    /// <summary>This and others together.</summary>
    public EntrySet With(IEnumerable<(uint From, uint To)> others) => Of(ranges.Concat(others));

    /// <summary>Whether an index is in it.</summary>
    public bool Contains(uint index)
    {
        var (low, high) = (0, ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].To <= index)
                low = middle + 1;
            else
                high = middle;
        }

        return low < ranges.Length && ranges[low].From <= index;
    }
}
