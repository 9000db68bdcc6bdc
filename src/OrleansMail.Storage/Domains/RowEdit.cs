using OrleansMail.Contracts;

namespace OrleansMail.Storage.Domains;

/// <summary>A mailbox's row while a new head is made.</summary>
internal sealed class RowEdit(Incarnation mailbox, MailboxRow? row)
{
    private readonly List<EntryRun> runs = [.. row?.Runs ?? []];

    /// <summary>The row as it was; null when there was none.</summary>
    public MailboxRow? Before => row;

    public long LastSequence { get; set; } = row?.LastSequence ?? 0;

    public long Messages { get; set; } = row?.Messages ?? 0;

    public long Bytes { get; set; } = row?.Bytes ?? 0;

    public long LastMessageAt { get; set; } = row?.LastMessageAt ?? 0;

    /// <summary>Where its entries are.</summary>
    public List<EntryRun> Runs => runs;

    /// <summary>The mailbox has ended: it gets no row.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Puts runs of new packs in the place of those of packs that go.</summary>
    public void Replace(IReadOnlySet<uint> gone, IEnumerable<EntryRun> added)
    {
        var at = runs.FindIndex(r => gone.Contains(r.Pack));
        runs.RemoveAll(r => gone.Contains(r.Pack));
        runs.InsertRange(at < 0 ? runs.Count : at, added);
    }

    /// <summary>The new row; null when the mailbox has ended.</summary>
    public MailboxRow? ToRow() => IsRemoved ? null : new MailboxRow(mailbox, LastSequence, Messages, Bytes, LastMessageAt, runs);
}
