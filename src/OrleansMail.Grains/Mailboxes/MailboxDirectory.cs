using System.Numerics;
using System.Text;
using Orleans.Storage;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// The mailboxes and aliases of a domain, in memory for resolving and in 64 pages in the store. Writers take turns (the grain's);
/// readers see a change once it is stored.
/// </summary>
internal sealed class MailboxDirectory(IGrainStorage storage, GrainId grain)
{
    private const int PageCount = 64;
    private readonly GrainState<MailboxPagesState> root = new() { State = new() };
    private readonly GrainState<MailboxPageState>?[] pages = new GrainState<MailboxPageState>?[PageCount];

    /// <summary>The mailboxes by key, in order.</summary>
    public SortedDictionary<string, MailboxEntry> Mailboxes { get; } = new(StringComparer.Ordinal);

    /// <summary>The aliases by key, in order; prefix patterns too, under their text.</summary>
    public SortedDictionary<string, AliasEntry> Aliases { get; } = new(StringComparer.Ordinal);

    /// <summary>The prefixes of the pattern aliases, longest first.</summary>
    public IReadOnlyList<string> Prefixes { get; private set; } = [];

    private MailboxPagesState Root => root.State ??= new();

    /// <summary>Reads all pages that may exist.</summary>
    public async Task LoadAsync()
    {
        await storage.ReadStateAsync(GrainStorageNames.Mailboxes, grain, root);
        var loads = new List<Task>();
        for (var left = Root.Pages; left != 0; left &= left - 1)
            loads.Add(LoadPageAsync(BitOperations.TrailingZeroCount(left)));
        await Task.WhenAll(loads);
        foreach (var page in pages.OfType<GrainState<MailboxPageState>>())
        {
            foreach (var (key, mailbox) in page.State!.Mailboxes)
                Mailboxes[key] = mailbox;
            foreach (var (key, alias) in page.State!.Aliases)
                Aliases[key] = alias;
        }

        CollectPrefixes();
    }

    /// <summary>Stores a mailbox, or removes it when <paramref name="entry"/> is null.</summary>
    public async Task SetMailboxAsync(string key, MailboxEntry? entry)
    {
        await ChangeAsync(key, page => Set(page.Mailboxes, key, entry));
        Set(Mailboxes, key, entry);
    }

    /// <summary>Stores an alias, or removes it when <paramref name="entry"/> is null.</summary>
    public async Task SetAliasAsync(string key, AliasEntry? entry)
    {
        await ChangeAsync(key, page => Set(page.Aliases, key, entry));
        Set(Aliases, key, entry);
        CollectPrefixes();
    }

    /// <summary>Removes everything.</summary>
    public async Task ClearAsync()
    {
        Mailboxes.Clear();
        Aliases.Clear();
        CollectPrefixes();
        for (var index = 0; index < PageCount; index++)
        {
            if (pages[index] is not { } page)
                continue;
            await storage.ClearStateAsync(PageName(index), grain, page);
            pages[index] = null;
        }

        if (root.RecordExists)
            await storage.ClearStateAsync(GrainStorageNames.Mailboxes, grain, root);
        root.State = new();
    }

    private async Task LoadPageAsync(int index)
    {
        var page = new GrainState<MailboxPageState> { State = new() };
        await storage.ReadStateAsync(PageName(index), grain, page);
        pages[index] = page;
    }

    private async Task ChangeAsync(string key, Action<MailboxPageState> change)
    {
        var index = PageOf(key);
        if ((Root.Pages & (1UL << index)) == 0)
        {
            Root.Pages |= 1UL << index;
            await storage.WriteStateAsync(GrainStorageNames.Mailboxes, grain, root);
        }

        var page = pages[index] ??= new() { State = new() };
        change(page.State ??= new());
        await storage.WriteStateAsync(PageName(index), grain, page);
    }

    private void CollectPrefixes() =>
        Prefixes = [.. Aliases.Keys.Where(k => k.EndsWith('*')).Select(k => k[..^1]).OrderByDescending(p => p.Length)];

    private static void Set<T>(IDictionary<string, T> map, string key, T? entry) where T : class
    {
        if (entry is null)
            map.Remove(key);
        else
            map[key] = entry;
    }

    private static string PageName(int index) => $"mailboxes-{index:x2}";

    // FNV-1a: part of the store's format, so it must never change.
    private static int PageOf(string key)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(key))
            hash = (hash ^ octet) * 16777619u;
        return (int)((hash ^ (hash >> 16)) % PageCount);
    }
}
