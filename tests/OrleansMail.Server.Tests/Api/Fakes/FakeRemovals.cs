using OrleansMail.Contracts;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api.Fakes;

internal sealed class FakeRemovals : IRemovalsGrain
{
    public List<TenantRemoval> Items { get; } = [];

    public ValueTask AddAsync(TenantId tenant, Incarnation incarnation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Page<TenantRemoval>> ListAsync(string? after, int limit, CancellationToken cancellationToken) =>
        new(Paging.Behind(Items.Select(i => i.Incarnation.ToString()), after, limit, key => Items.Single(i => i.Incarnation.ToString() == key)));

    public ValueTask<bool> ContinueAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
