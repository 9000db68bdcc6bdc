using OrleansMail.Contracts;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

public sealed class MaintenanceTests : IAsyncLifetime
{
    private MailCluster cluster = null!;

    private IRemovalsGrain Removals => cluster.Grains.GetRemovals();

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task A_walk_maintains_each_domain_of_each_tenant_by_its_own_policy()
    {
        await cluster.DomainAsync("a", "a.test", new(RetentionDays: 1), "bob");
        await cluster.DomainAsync("b", "b.test", new(RetentionDays: 2), "bob");
        await cluster.DomainAsync("b", "c.test", null, "bob");
        var walk = await cluster.Grains.GetJanitor().WalkAsync();
        Assert.Equal((3, 0), (walk.Domains, walk.Failed));
        Assert.Equal([null, 1, 2], cluster.Partitions.Maintained.Select(m => m.Policy.Days).Order());
    }

    [Fact]
    public async Task A_tenant_that_fails_is_counted_and_does_not_stop_the_others()
    {
        await cluster.DomainAsync("a", "a.test", null, "bob");
        var doomed = (await cluster.Tenant("a").GetIncarnationAsync(default))!.Value;
        await cluster.DomainAsync("b", "b.test", null, "bob");
        cluster.Partitions.FailMaintenance = domain => domain.Tenant == doomed;
        var walk = await cluster.Grains.GetJanitor().WalkAsync();
        Assert.Equal((1, 1), (walk.Domains, walk.Failed));
        cluster.Partitions.FailMaintenance = _ => false;
        Assert.Equal((2, 0), (await cluster.Grains.GetJanitor().WalkAsync()) is var next ? (next.Domains, next.Failed) : default);
    }

    [Fact]
    public async Task What_a_deleted_tenant_left_is_deleted_and_the_removal_ends_when_the_logs_have_lost_it_too()
    {
        await cluster.DomainAsync("gone", "a.test", null, "bob");
        await cluster.DomainAsync("stays", "b.test", null, "bob");
        var (gone, stays) = (await IncarnationAsync("gone"), await IncarnationAsync("stays"));
        foreach (var path in new[] { $"t/{gone}/d/head", $"t/{gone}/d/obj/1", $"t/{stays}/d/head" })
            cluster.Store.Objects[path] = 10;
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("gone").DeleteAsync(null, default));

        await cluster.Grains.GetJanitor().WalkAsync();
        Assert.Equal([$"t/{stays}/d/head"], cluster.Store.Objects.Keys);
        await cluster.Grains.GetJanitor().WalkAsync(); // finds nothing, but the logs may still hold something
        Assert.Equal(("gone", gone, null, 2, 20), await ShowAsync());

        cluster.Store.Objects[$"t/{gone}/d/pack/late"] = 5; // of a log that was not empty yet
        cluster.Time.Shift = TimeSpan.FromHours(25);
        await cluster.Grains.GetJanitor().WalkAsync();
        await cluster.Grains.GetJanitor().WalkAsync();
        var (_, _, finishedAt, objects, bytes) = await ShowAsync();
        Assert.NotNull(finishedAt);
        Assert.Equal((3, 25), (objects, bytes));

        cluster.Time.Shift = TimeSpan.FromDays(402);
        await cluster.Grains.GetJanitor().WalkAsync();
        Assert.Empty((await Removals.ListAsync(null, 10, default)).Items);
    }

    [Fact]
    public async Task A_removal_that_breaks_off_goes_on_with_the_next_walk()
    {
        await cluster.DomainAsync("gone", "a.test", null, "bob");
        var gone = await IncarnationAsync("gone");
        cluster.Store.Objects[$"t/{gone}/d/head"] = 10;
        await cluster.Tenant("gone").DeleteAsync(null, default);
        cluster.Store.Away = true;
        Assert.Equal(1, (await cluster.Grains.GetJanitor().WalkAsync()).Failed);
        cluster.Store.Away = false;
        Assert.Equal(0, (await cluster.Grains.GetJanitor().WalkAsync()).Failed);
        Assert.Empty(cluster.Store.Objects);
    }

    [Fact]
    public async Task A_tenant_whose_removal_could_not_be_noted_is_not_deleted_yet()
    {
        await cluster.DomainAsync("gone", "a.test", null, "bob");
        cluster.State.Fails = (operation, state) => operation == "write" && state == GrainStorageNames.Removals;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("gone").DeleteAsync(null, default).AsTask());
        cluster.State.Fails = (_, _) => false;
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("gone").DeleteAsync(null, default));
        Assert.Single((await Removals.ListAsync(null, 10, default)).Items);
    }

    private async Task<Incarnation> IncarnationAsync(string tenant) => (await cluster.Tenant(tenant).GetIncarnationAsync(default))!.Value;

    private async Task<(string Tenant, Incarnation Incarnation, DateTimeOffset? FinishedAt, long Objects, long Bytes)> ShowAsync()
    {
        var removal = Assert.Single((await Removals.ListAsync(null, 10, default)).Items);
        return (removal.Tenant.Value, removal.Incarnation, removal.FinishedAt, removal.Objects, removal.Bytes);
    }
}
