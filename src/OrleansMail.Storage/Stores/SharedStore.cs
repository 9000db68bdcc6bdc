using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Stores;

/// <summary>Nothing but the store that tenants share.</summary>
public sealed class SharedStore(IObjectStore store) : IObjectStores
{
    /// <inheritdoc/>
    public ValueTask<IObjectStore> GetAsync(string name, CancellationToken cancellationToken) =>
        name == MailPlace.SharedStore ? new(store) : throw new StoreUnavailableException($"The store '{name}' is not open on this silo.");
}
