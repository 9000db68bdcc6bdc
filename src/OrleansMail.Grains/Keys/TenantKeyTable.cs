using Orleans.Storage;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Keys;

/// <summary>A tenant's keys by id: read at the first use, and again after a change that failed, because it may have reached the store.</summary>
internal sealed class TenantKeyTable(IGrainStorage storage, GrainId grain)
{
    private PagedTable<KeyEntry>? loaded;

    /// <summary>The table as it is stored.</summary>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">It can't be read.</exception>
    public async ValueTask<PagedTable<KeyEntry>> ReadAsync()
    {
        if (loaded is { } known)
            return known;
        var table = new PagedTable<KeyEntry>(storage, GrainStorageNames.Keys, grain, static _ => 1);
        await table.LoadAsync();
        return loaded = table;
    }

    /// <summary>Stores an entry, or removes it when <paramref name="entry"/> is null.</summary>
    public Task SetAsync(Ulid id, KeyEntry? entry) => ChangeAsync(table => table.SetAsync(id.ToString(), entry));

    /// <summary>Removes all entries.</summary>
    public async Task ClearAsync()
    {
        await ChangeAsync(static table => table.ClearAsync());
        loaded = null;
    }

    private async Task ChangeAsync(Func<PagedTable<KeyEntry>, Task> change)
    {
        var table = await ReadAsync();
        try
        {
            await change(table);
        }
        catch
        {
            loaded = null;
            throw;
        }
    }
}
