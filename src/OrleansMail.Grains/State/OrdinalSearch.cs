namespace OrleansMail.Grains.State;

/// <summary>Finds names in lists that are sorted by them, in ordinal order.</summary>
internal static class OrdinalSearch
{
    /// <summary>Where the name is, or the complement of where it would be.</summary>
    public static int IndexOf<T>(IReadOnlyList<T> items, Func<T, string> nameOf, string name)
    {
        var (low, high) = (0, items.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(nameOf(items[middle]), name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>Where the first item behind the name is; the first of all without one.</summary>
    public static int IndexBehind<T>(IReadOnlyList<T> items, Func<T, string> nameOf, string? name)
    {
        if (name is null)
            return 0;
        var at = IndexOf(items, nameOf, name);
        return at >= 0 ? at + 1 : ~at;
    }
}
