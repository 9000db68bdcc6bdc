using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Domains;

/// <summary>Finds entries of a run by their sequences.</summary>
internal static class EntrySearch
{
    /// <summary>
    /// How many entries of a run are at or before a sequence. Sequences rise by at least one: the wanted entry is at most that many behind the first, and
    /// just there where none was removed.
    /// </summary>
    public static async ValueTask<uint> FirstBehindAsync(PackReader reader, EntryRun run, long after, CancellationToken cancellationToken)
    {
        if (after < run.FirstSequence)
            return 0;
        var (low, high) = (1u, (uint)Math.Min(run.Count, after - run.FirstSequence + 1));
        for (var probe = high - 1; low < high; probe = (low + high) / 2)
        {
            var entry = (await reader.ReadEntriesAsync(run.First + probe, 1, cancellationToken))[0];
            if (entry.Sequence <= after)
                low = probe + 1;
            else
                high = probe;
        }

        return low;
    }
}
