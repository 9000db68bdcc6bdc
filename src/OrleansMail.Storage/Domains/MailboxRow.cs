using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Storage.Domains;

/// <summary>What a domain's head knows of one mailbox: 20 octets more for each pack that has messages of it, however many.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="LastSequence">The last sequence that was ever given to a message; it is never given again.</param>
/// <param name="Messages">Messages that are not deleted.</param>
/// <param name="Bytes">Octets of raw of these.</param>
/// <param name="LastMessageAt">When the newest was received, in UTC ticks.</param>
/// <param name="Runs">Where the entries are, in order of their sequences.</param>
internal sealed record MailboxRow(Incarnation Mailbox, long LastSequence, long Messages, long Bytes, long LastMessageAt, IReadOnlyList<EntryRun> Runs)
{
    /// <summary>How full the mailbox is.</summary>
    public MailboxUsage Usage => new(Messages, Bytes, new DateTimeOffset(LastMessageAt, TimeSpan.Zero));

    /// <summary>Index of the first run that may have an entry behind a sequence.</summary>
    public int RunBehind(long sequence)
    {
        var (low, high) = (0, Runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Runs[middle].FirstSequence <= sequence + 1)
                low = middle + 1;
            else
                high = middle;
        }

        return Math.Max(0, low - 1);
    }
}
