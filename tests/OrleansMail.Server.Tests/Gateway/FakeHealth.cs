using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A store whose condition is as set.</summary>
internal sealed class FakeHealth : IStoreHealth
{
    public StoreCondition Condition { get; set; }

    public ValueTask<StoreCondition> CheckAsync(long octets, CancellationToken cancellationToken) => new(Condition);
}
