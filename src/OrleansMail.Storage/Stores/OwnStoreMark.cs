using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Stores;

/// <summary>
/// The value <c>owner</c> of a tenant's own store: its incarnation. Two tenants in one container would write one log and each shut the other out.
/// </summary>
internal static class OwnStoreMark
{
    private const string Path = "owner";

    /// <summary>Takes a store that is empty, or finds that it is the tenant's.</summary>
    /// <exception cref="StoreUnavailableException">It is another's, or can't be read or written.</exception>
    public static async ValueTask ClaimAsync(IObjectStore store, Incarnation tenant, CancellationToken cancellationToken)
    {
        var mine = Encoding.ASCII.GetBytes(tenant.ToString());
        if (await store.ReadValueAsync(Path, cancellationToken) is null)
        {
            if (await StoreManifest.ReadAsync(store, cancellationToken) is not null)
                throw new StoreUnavailableException($"{store.Description} is a store that tenants share; tenant {tenant} needs a container of its own.");
            try
            {
                await store.WriteValueAsync(Path, mine, ifMatch: null, cancellationToken);
            }
            catch (StoreConflictException)
            {
                // Another silo or tenant was first: what it wrote says who.
            }
        }

        if (await store.ReadValueAsync(Path, cancellationToken) is not { } stored || !stored.Value.Span.SequenceEqual(mine))
            throw new StoreUnavailableException($"{store.Description} belongs to another tenant than {tenant}.");
    }
}
