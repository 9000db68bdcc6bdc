namespace OrleansMail.Contracts.Storage;

/// <summary>What a silo knows of its stores without asking: MAIL is refused early where a message would be sent in vain.</summary>
public interface IStoreHealth
{
    /// <summary>Whether this silo has mail of tenants in stores of their own: then the shared store's condition is not everybody's.</summary>
    bool HasOwnStores { get; }

    /// <summary>Whether a store can take a message of this size now.</summary>
    /// <param name="name">The store's, <see cref="MailPlace.StoreOf"/>.</param>
    /// <param name="octets">The declared size; 0 when none was declared.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<StoreCondition> CheckAsync(string name, long octets, CancellationToken cancellationToken);
}

/// <summary>Whether a store takes mail.</summary>
public enum StoreCondition
{
    /// <summary>It does.</summary>
    Healthy = 0,

    /// <summary>It can't be reached: 451 4.3.0.</summary>
    Unavailable = 1,

    /// <summary>It has no room: 452 4.3.1.</summary>
    Full = 2,
}
