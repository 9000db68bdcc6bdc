using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Maintenance;

public sealed class JanitorTests
{
    [Fact]
    public async Task A_walk_visits_every_domain_of_every_tenant()
    {
        await using var cluster = await MailCluster.StartAsync();
        for (var i = 0; i < 6; i++)
        {
            await cluster.DomainAsync($"t{i}", $"a{i}.test");
            await cluster.DomainAsync($"t{i}", $"b{i}.test");
        }

        await cluster.Grains.GetJanitor().WalkAsync(default);
        Assert.Equal(12, cluster.Partitions.Maintained.Select(m => m.Domain.Domain).Distinct().Count());
    }

    [Fact]
    public async Task A_walk_finishes_deletions_that_broke_off_and_a_failure_does_not_stop_it()
    {
        await using var cluster = await MailCluster.StartAsync();
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        await cluster.DomainAsync("t", "b.test");
        await cluster.DomainAsync("u", "c.test");
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await grain.DeleteMailboxAsync(LocalPart.Parse("bob"), null, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await cluster.Tenant("t").DeleteDomainAsync(DomainName.Parse("b.test"), null, default));
        await cluster.Grains.GetJanitor().WalkAsync(default);
        Assert.Empty(cluster.Partitions.Forgotten);
        cluster.Partitions.Failure = null;
        await cluster.Grains.GetJanitor().WalkAsync(default);
        Assert.Equal(2, cluster.Partitions.Forgotten.Count());
        Assert.Equal(2, cluster.Partitions.Maintained.Count());
    }
}
