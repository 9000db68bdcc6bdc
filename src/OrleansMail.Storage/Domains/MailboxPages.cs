using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Domains;

/// <summary>
/// The rows of a domain's mailboxes: in the head while they are few, else in sorted pages that are never changed, only replaced, so that
/// a change costs the pages it touches and not the domain.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="cache">Holds pages that were read.</param>
/// <param name="maxRuns">Rows and runs of a page, and of a head that has none; about 64 octets each.</param>
internal sealed class MailboxPages(IObjectStore store, PackBlockCache cache, int maxRuns = 1024)
{
    /// <summary>The row of a mailbox; null when it has none.</summary>
    public async ValueTask<MailboxRow?> FindAsync(DomainHead head, Incarnation mailbox, CancellationToken cancellationToken)
    {
        var rows = head.Pages.Count == 0 ? head.Rows : await ReadAsync(head.Domain, head.Pages[PageOf(head.Pages, mailbox)], cancellationToken);
        var at = IndexOf(rows, mailbox);
        return at >= 0 ? rows[at] : null;
    }

    /// <summary>All rows, page by page.</summary>
    public async IAsyncEnumerable<MailboxRow> ReadAllAsync(DomainHead head, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in head.Rows)
            yield return row;
        foreach (var page in head.Pages)
        {
            foreach (var row in await ReadAsync(head.Domain, page, cancellationToken))
                yield return row;
        }
    }

    /// <summary>Writes the pages of a changed set of rows; the head counts once it is written itself.</summary>
    /// <param name="head">As it was.</param>
    /// <param name="changes">The new rows; null where one goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The head with the new rows or pages.</returns>
    public async ValueTask<DomainHead> ReplaceAsync(DomainHead head, IReadOnlyDictionary<Incarnation, MailboxRow?> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
            return head;
        var pages = new List<PageRef>();
        if (head.Pages.Count == 0)
        {
            var rows = Merge(head.Rows, changes);
            if (Weight(rows) <= maxRuns)
                return head with { Rows = rows };
            await WriteAsync(head.Domain, rows, pages, cancellationToken);
            return head with { Rows = [], Pages = pages };
        }

        var touched = changes.GroupBy(c => PageOf(head.Pages, c.Key)).ToDictionary(g => g.Key, g => g.ToDictionary(c => c.Key, c => c.Value));
        for (var i = 0; i < head.Pages.Count; i++)
        {
            if (touched.TryGetValue(i, out var own))
                await WriteAsync(head.Domain, Merge(await ReadAsync(head.Domain, head.Pages[i], cancellationToken), own), pages, cancellationToken);
            else
                pages.Add(head.Pages[i]);
        }

        return head with { Pages = pages };
    }

    private static int Weight(List<MailboxRow> rows) => rows.Sum(Weight);

    private static int Weight(MailboxRow row) => 1 + (row.Runs.Count / 3);

    private static List<MailboxRow> Merge(IReadOnlyList<MailboxRow> rows, IReadOnlyDictionary<Incarnation, MailboxRow?> changes)
    {
        var merged = new List<MailboxRow>(rows.Count + changes.Count);
        merged.AddRange(rows.Where(r => !changes.ContainsKey(r.Mailbox)));
        merged.AddRange(changes.Values.OfType<MailboxRow>());
        merged.Sort(static (a, b) => a.Mailbox.Value.CompareTo(b.Mailbox.Value));
        return merged;
    }

    // A page that is too long becomes several that are half full, so that rows can come in between.
    private async ValueTask WriteAsync(DomainKey domain, List<MailboxRow> rows, List<PageRef> pages, CancellationToken cancellationToken)
    {
        var most = Weight(rows) <= maxRuns ? maxRuns : maxRuns / 2;
        for (var from = 0; from < rows.Count;)
        {
            var to = from + 1;
            for (var weight = Weight(rows[from]); to < rows.Count && (weight += Weight(rows[to])) <= most; to++)
            {
            }

            var some = rows.GetRange(from, to - from);
            var page = new PageRef(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), some[0].Mailbox.Value, some.Count);
            var path = DomainPaths.Page(domain, page.Name);
            await store.WriteValueAsync(path, HeadCodec.EncodePage(some), ifMatch: null, cancellationToken);
            cache.Hold<IReadOnlyList<MailboxRow>>(path, 0, some, some.Sum(static r => 96L + (r.Runs.Count * 24)));
            pages.Add(page);
            from = to;
        }
    }

    private async ValueTask<IReadOnlyList<MailboxRow>> ReadAsync(DomainKey domain, PageRef page, CancellationToken cancellationToken)
    {
        var path = DomainPaths.Page(domain, page.Name);
        if (cache.Find<IReadOnlyList<MailboxRow>>(path, 0) is { } held)
            return held;
        var stored = await store.ReadValueAsync(path, cancellationToken) ?? throw new FileNotFoundException($"'{path}' does not exist.", path);
        var rows = HeadCodec.DecodePage(stored.Value.Span, path);
        cache.Hold(path, 0, rows, stored.Value.Length * 3L);
        return rows;
    }

    private static int PageOf(IReadOnlyList<PageRef> pages, Incarnation mailbox)
    {
        var (low, high) = (1, pages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (pages[middle].First.CompareTo(mailbox.Value) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    /// <summary>Where a mailbox's row is among sorted ones; negative when there is none.</summary>
    public static int IndexOf(IReadOnlyList<MailboxRow> rows, Incarnation mailbox)
    {
        var (low, high) = (0, rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = rows[middle].Mailbox.Value.CompareTo(mailbox.Value);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }
}
