using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Which of the newest packs a new one takes in, so that a domain never has many small ones: eight of a size become one of the next. Each octet is
/// so written again a few times at most, however long the domain lives.
/// </summary>
internal static class PackMerge
{
    /// <summary>Packs of one size at which they are merged.</summary>
    public const int Fan = 8;

    private const long Smallest = 256 * 1024;

    /// <summary>How many packs from the end a new one of a length takes in.</summary>
    /// <param name="packs">The packs, in order.</param>
    /// <param name="octets">Of the new one.</param>
    /// <param name="entries">Of the new one.</param>
    /// <param name="most">Octets of a pack that is full.</param>
    public static int Count(IReadOnlyList<PackRef> packs, long octets, long entries, long most)
    {
        var (taken, size, count) = (0, octets, entries);
        while (true)
        {
            var tier = TierOf(size);
            var (next, sum, all) = (taken, size, count);
            while (next < packs.Count && packs[^(next + 1)] is var pack && TierOf(pack.Octets) <= tier && sum + pack.Octets <= most && all + pack.Entries <= PackBuilder.MaxEntries)
                (next, sum, all) = (next + 1, sum + pack.Octets, all + pack.Entries);
            if (next - taken < Fan - 1)
                return taken;
            (taken, size, count) = (next, sum, all);
        }
    }

    private static int TierOf(long octets)
    {
        var tier = 0;
        for (var bound = Smallest; octets > bound; bound *= Fan)
            tier++;
        return tier;
    }
}
