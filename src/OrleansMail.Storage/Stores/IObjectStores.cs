using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Stores;

/// <summary>The stores of the silo by name.</summary>
public interface IObjectStores
{
    /// <summary>The store, opened when it is not; never disposed by who gets it.</summary>
    /// <param name="name"><see cref="MailPlace.StoreOf"/>.</param>
    /// <param name="cancellationToken">Ends the wait, not the opening that others wait for too.</param>
    /// <exception cref="StoreUnavailableException">It can't be opened now; the failure may be some seconds old.</exception>
    ValueTask<IObjectStore> GetAsync(string name, CancellationToken cancellationToken);
}
