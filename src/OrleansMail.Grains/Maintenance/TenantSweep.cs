using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.Stores;

namespace OrleansMail.Grains.Maintenance;

/// <summary>Deletes what a store holds of a tenant, a bounded number of objects at a time. Nothing is kept between: the listing says what is left.</summary>
internal static class TenantSweep
{
    private const int MaxObjects = 2000;
    private const int AtOnce = 16;

    /// <summary>Deletes up to 2,000 objects of a tenant.</summary>
    /// <returns>How many, their octets, and whether more may be left.</returns>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">The store failed; some may be gone.</exception>
    public static async Task<(int Objects, long Bytes, bool More)> StepAsync(
        IObjectStore shared, IObjectStores stores, Incarnation tenant, CancellationToken cancellationToken)
    {
        // How its own store is reached is the last to go.
        if (await shared.ReadValueAsync(TenantPaths.OwnStore(tenant), cancellationToken) is not null)
        {
            var own = await stores.GetAsync(new MailPlace(true, false).StoreOf(tenant), cancellationToken);
            if (await DeleteAsync(own, tenant, cancellationToken) is { Objects: > 0 } step)
                return step;
        }

        return await DeleteAsync(shared, tenant, cancellationToken);
    }

    private static async Task<(int Objects, long Bytes, bool More)> DeleteAsync(IObjectStore store, Incarnation tenant, CancellationToken cancellationToken)
    {
        var found = new List<StoredItem>();
        await foreach (var item in store.ListAsync(TenantPaths.Of(tenant), null, cancellationToken))
        {
            found.Add(item);
            if (found.Count == MaxObjects)
                break;
        }

        foreach (var some in found.Chunk(AtOnce))
            await Task.WhenAll(some.Select(item => store.DeleteAsync(item.Path, ifMatch: null, cancellationToken).AsTask()));
        return (found.Count, found.Sum(static item => item.Length), found.Count == MaxObjects);
    }
}
