using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A store whose condition is as set.</summary>
internal sealed class FakeHealth : IStoreHealth
{
    public StoreCondition Condition { get; set; }

    /// <summary>Stores of tenants, by name; that there is one makes the shared one's condition not everybody's.</summary>
    public Dictionary<string, StoreCondition> Own { get; } = [];

    public bool HasOwnStores => Own.Count > 0;

    public ValueTask<StoreCondition> CheckAsync(string name, long octets, CancellationToken cancellationToken) =>
        new(name == MailPlace.SharedStore ? Condition : Own[name]);
}
