using Orleans.Storage;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.State;

/// <summary>
/// A sorted table, whole in memory and in linked pages in the store, so that a change rewrites one small page however many entries
/// there are. A page that grows too heavy is split: the upper half is written under a name never used before, then the page itself with
/// the lower half and a link to it, which is the one write that counts. A crash between the two leaves a page that nothing refers to.
/// </summary>
/// <remarks>Writers take turns; readers see a change once it is stored. After a write that failed the table must be thrown away and loaded anew.</remarks>
internal sealed class PagedTable<T>(IGrainStorage storage, string name, GrainId grain, Func<T, int> weigh) where T : class
{
    /// <summary>The weight at which a page is split; an entry weighs 1 or, when it is long, more.</summary>
    internal const int MaxWeight = 128;

    private const int ReadsAtOnce = 32;
    private volatile TablePage<T>[] pages = []; // replaced as a whole
    private readonly GrainDocument<TablePagesState> names = new(storage, name + "-pages", grain);

    /// <summary>Entries in the table.</summary>
    public int Count { get; private set; }

    /// <summary>All entries in order.</summary>
    public IEnumerable<TableEntry<T>> Entries => pages.SelectMany(p => p.Content.Entries);

    /// <summary>Reads the table.</summary>
    /// <exception cref="StoreUnavailableException">It can't be read, or a page of it is missing.</exception>
    public async Task LoadAsync()
    {
        var first = await ReadPageAsync(name); // kept also when nothing is stored: that is what its first write is conditional on
        var known = new Dictionary<string, TablePage<T>>(StringComparer.Ordinal);
        foreach (var chunk in first.Content.Next is null ? [] : (await names.ReadAsync()).Pages.Chunk(ReadsAtOnce))
        {
            foreach (var page in await Task.WhenAll(chunk.Select(ReadPageAsync)))
            {
                if (page.Exists)
                    known[page.Name] = page;
            }
        }

        var read = new List<TablePage<T>> { first };
        while (read[^1].Content.Next is { } next)
        {
            var page = known.GetValueOrDefault(next) ?? await ReadPageAsync(next);
            if (!page.Exists)
                throw new StoreUnavailableException($"The store has lost '{next}' of {grain}.");
            read.Add(page);
        }

        pages = [.. read];
        Count = pages.Sum(p => p.Content.Entries.Count);
    }

    /// <summary>
    /// An entry; null when there is none. May be asked from any thread, once the table is read: while a page is split, an entry of its upper half may then seem to be missing for a
    /// moment.
    /// </summary>
    public T? Find(string key)
    {
        var now = pages;
        return now[PageOf(now, key)].Find(key);
    }

    /// <summary>Up to <paramref name="count"/> entries behind a key, or from the first; costs no more however far behind it is.</summary>
    public List<TableEntry<T>> Behind(string? after, int count)
    {
        var found = new List<TableEntry<T>>(Math.Min(count, Count));
        var page = after is null ? 0 : PageOf(pages, after);
        var at = pages[page].IndexBehind(after);
        for (; page < pages.Length && found.Count < count; page++, at = 0)
        {
            var entries = pages[page].Content.Entries;
            for (; at < entries.Count && found.Count < count; at++)
                found.Add(entries[at]);
        }

        return found;
    }

    /// <summary>Stores an entry, or removes it when <paramref name="value"/> is null.</summary>
    public async Task SetAsync(string key, T? value)
    {
        var index = PageOf(pages, key);
        var page = pages[index];
        var before = page.Content.Entries.Count;
        var content = page.With(key, value);
        if (content.Entries.Count > 1 && content.Entries.Sum(e => weigh(e.Value)) > MaxWeight)
            await SplitAsync(index, content);
        else
            await page.WriteAsync(content);
        Count += content.Entries.Count - before;
    }

    /// <summary>Removes everything; begun and not finished, the table is empty and the next call goes on.</summary>
    public async Task ClearAsync()
    {
        var first = pages[0];
        string[] doomed = [.. pages.Skip(1).Select(p => p.Name).Union(first.Content.Cleared)];
        if (doomed.Length > 0)
            await first.WriteAsync(new() { Cleared = doomed });
        foreach (var page in doomed)
            await new GrainDocument<TablePageState<T>>(storage, page, grain).ClearAsync();
        await names.ClearAsync();
        await new GrainDocument<TablePageState<T>>(storage, name, grain).ClearAsync();
    }

    private async Task SplitAsync(int index, TablePageState<T> content)
    {
        var middle = content.Entries.Count / 2;
        var upper = new TablePageState<T> { From = content.Entries[middle].Key, Next = content.Next, Entries = [.. content.Entries.Skip(middle)] };
        var upperName = $"{name}-{Guid.NewGuid():n}";
        var page = new TablePage<T>(upperName, new(storage, upperName, grain), upper);
        await page.WriteAsync(upper);
        await pages[index].WriteAsync(content with { Next = upperName, Entries = [.. content.Entries.Take(middle)] });
        pages = [.. pages[..(index + 1)], page, .. pages[(index + 1)..]];
        await WriteNamesAsync();
    }

    private async Task WriteNamesAsync()
    {
        try
        {
            await names.WriteAsync(new() { Pages = [.. pages.Skip(1).Select(p => p.Name)] });
        }
        catch (StoreUnavailableException)
        {
            // The change itself is stored. Loading follows the links where a name is missing, and the next split writes the names again.
        }
    }

    private async Task<TablePage<T>> ReadPageAsync(string page)
    {
        var document = new GrainDocument<TablePageState<T>>(storage, page, grain);
        return new(page, document, await document.ReadAsync());
    }

    private static int PageOf(TablePage<T>[] pages, string key)
    {
        var (low, high) = (0, pages.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (string.CompareOrdinal(pages[middle].Content.From, key) <= 0)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
