using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage;

/// <summary>
/// The steps by which a store gets another number of partitions while mail flows: the change is announced in the manifest, each partition is closed for it,
/// the manifest names the next generation, and what the old one leaves is deleted. Each step may be stopped at any instant and repeated, by anyone.
/// </summary>
/// <param name="store">The store.</param>
public sealed class PartitionChanges(IObjectStore store)
{
    /// <summary>Announces a change; goes on with the one that is under way, whatever was asked for.</summary>
    /// <param name="partitions">How many there are to be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The manifest; without a change when there is nothing to do.</returns>
    public Task<StoreManifest> BeginAsync(int partitions, CancellationToken cancellationToken) =>
        StoreManifest.ChangeAsync(
            store,
            m => m.Next is not null || m.Partitions == partitions ? null : m with { Changes = m.Changes + 1, Next = new PartitionChange(partitions, m.Changes + 1) },
            cancellationToken);

    /// <summary>Makes the change: all partitions are closed for it.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The manifest; of the next generation, unless the change was given up.</returns>
    public Task<StoreManifest> CompleteAsync(PartitionChange change, CancellationToken cancellationToken) =>
        StoreManifest.ChangeAsync(
            store,
            m => m.Next == change ? m with { Generation = m.Generation + 1, Previous = m.Partitions, Partitions = change.Partitions, Next = null } : null,
            cancellationToken);

    /// <summary>Gives a change up: partitions that were closed for it open again.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<StoreManifest> AbandonAsync(PartitionChange change, CancellationToken cancellationToken) =>
        StoreManifest.ChangeAsync(store, m => m.Next == change ? m with { Next = null } : null, cancellationToken);

    /// <summary>
    /// What generations before left. Their checkpoints stay, a few octets each: without one, somebody who does not know of the change could begin such a
    /// partition anew.
    /// </summary>
    /// <param name="manifest">The store's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<string>> FindLeftoversAsync(StoreManifest manifest, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var item in store.ListAsync(PartitionFolder.Root, after: null, cancellationToken))
        {
            if (PartitionFolder.GenerationOf(item.Path) < manifest.Generation && !Checkpoint.IsPath(item.Path))
                found.Add(item.Path);
        }

        return found;
    }

    /// <summary>Deletes them, once every partition of the store's generation has been opened: what it needs of them it has taken over.</summary>
    public async Task DeleteAsync(IReadOnlyList<string> leftovers, CancellationToken cancellationToken)
    {
        foreach (var path in leftovers)
            await store.DeleteAsync(path, ifMatch: null, cancellationToken);
    }
}
