using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Which domains get packs now. A domain with little mail waits until it is worth a pack and a head of its own: its records are carried over to a file
/// that it shares with others of the kind, so that ten thousand small domains don't cost twenty thousand writes for each log.
/// </summary>
internal static class FlushPlan
{
    /// <summary>Chooses. The caller holds the index's gate.</summary>
    /// <param name="index">What is in logs.</param>
    /// <param name="carried">The files of carried records, the oldest first.</param>
    /// <param name="upTo">The last record of the logs that are to go.</param>
    /// <param name="all">Whether every domain is wanted.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="now">The time.</param>
    public static List<DomainIndex> Choose(
        PartitionIndex index, IReadOnlyList<LogSource> carried, long upTo, bool all, PartitionOptions options, DateTimeOffset now)
    {
        var waiting = index.Domains.Where(d => Concerns(d, upTo)).ToList();
        if (all || waiting.Count <= options.FewDomains)
            return waiting;
        var oldest = carried.Count >= options.MaxCarriedFiles ? carried[0] : null;
        var chosen = waiting.Where(d => IsDue(d, upTo, oldest, options, now)).ToList();
        var left = index.Memory - chosen.Sum(MemoryOf);
        foreach (var domain in waiting.Except(chosen).OrderByDescending(static d => d.Bytes))
        {
            if (left <= options.MemtableBytes / 2)
                break;
            chosen.Add(domain);
            left -= MemoryOf(domain);
        }

        return chosen;
    }

    private static bool Concerns(DomainIndex domain, long upTo) =>
        (domain.Records.Count > 0 && domain.Records[0].Number <= upTo) || domain.Changes.Exists(c => c.Number <= upTo);

    private static bool IsDue(DomainIndex domain, long upTo, LogSource? oldest, PartitionOptions options, DateTimeOffset now) =>
        domain.Bytes >= options.FlushBytes
        || domain.Changes.Exists(c => c.Number <= upTo)
        || (domain.Records.Count > 0 && (now - domain.Records[0].ReceivedAt >= options.FlushAge || domain.Records[0].Log == oldest));

    private static long MemoryOf(DomainIndex domain) => domain.Records.Count * 240L;
}
