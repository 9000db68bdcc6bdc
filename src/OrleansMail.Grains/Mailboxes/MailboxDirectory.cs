using Orleans.Storage;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>The mailboxes and aliases of a domain. After a write that failed it must be thrown away and loaded anew.</summary>
internal sealed class MailboxDirectory : IAddressBook
{
    private const int TargetsOfOneWeight = 4; // addresses are about that much shorter than an entry
    private readonly SortedDictionary<int, int> prefixes = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    private MailboxDirectory(IGrainStorage storage, GrainId grain)
    {
        Mailboxes = new(storage, GrainStorageNames.Mailboxes, grain, _ => 1);
        Aliases = new(storage, GrainStorageNames.Aliases, grain, a => 1 + a.Targets.Count / TargetsOfOneWeight);
    }

    /// <summary>The mailboxes by key; those too that are being deleted.</summary>
    public PagedTable<MailboxEntry> Mailboxes { get; }

    /// <summary>The aliases by key; prefix patterns too, under their text.</summary>
    public PagedTable<AliasEntry> Aliases { get; }

    /// <inheritdoc/>
    public IEnumerable<int> PrefixLengths => prefixes.Keys;

    /// <summary>Reads the directory of a grain.</summary>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">It can't be read.</exception>
    public static async Task<MailboxDirectory> LoadAsync(IGrainStorage storage, GrainId grain)
    {
        var directory = new MailboxDirectory(storage, grain);
        await Task.WhenAll(directory.Mailboxes.LoadAsync(), directory.Aliases.LoadAsync());
        foreach (var alias in directory.Aliases.Entries)
            directory.CountPrefix(alias.Key, 1);
        return directory;
    }

    /// <inheritdoc/>
    public MailboxEntry? FindMailbox(string name) => Mailboxes.Find(name) is { Deleting: false } entry ? entry : null;

    /// <inheritdoc/>
    public AliasEntry? FindAlias(string name) => Aliases.Find(name);

    /// <summary>Stores an alias, or removes it when <paramref name="entry"/> is null.</summary>
    public async Task SetAliasAsync(string key, AliasEntry? entry)
    {
        var existed = Aliases.Find(key) is not null;
        await Aliases.SetAsync(key, entry);
        CountPrefix(key, (entry is null ? 0 : 1) - (existed ? 1 : 0));
    }

    /// <summary>Removes everything; the directory is not to be used any more.</summary>
    public async Task ClearAsync()
    {
        await Mailboxes.ClearAsync();
        await Aliases.ClearAsync();
    }

    private void CountPrefix(string key, int change)
    {
        if (!key.EndsWith('*') || change == 0)
            return;
        var length = key.Length - 1;
        var count = prefixes.GetValueOrDefault(length) + change;
        if (count == 0)
            prefixes.Remove(length);
        else
            prefixes[length] = count;
    }
}
