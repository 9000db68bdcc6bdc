using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>A store that is away, and owners that meet.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private readonly MemoryObjectStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_store_that_is_away_from_the_beginning_fails_calls_until_it_is_there()
    {
        store.Faults.Unavailable = true;
        await using var cluster = await StoreCluster.StartAsync(store);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Mailboxes("t", "a.test").ResolveAsync("bob"));

        store.Faults.Unavailable = false;

        var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob");
        await grain.RecordAsync(MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]), default);
        Assert.Single(await grain.ListAllAsync("bob"));
    }

    [Fact]
    public async Task A_store_that_goes_away_fails_what_needs_it_and_loses_nothing()
    {
        await using var cluster = await StoreCluster.StartAsync(store);
        var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob");
        var bob = (await grain.ResolveAsync("bob")).Targets[0];
        var acknowledged = new List<MessageId> { (await grain.RecordAsync(MailCluster.Submission(bob), default)).Id };
        store.Faults.Unavailable = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.RecordAsync(MailCluster.Submission(bob), default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.PutMailboxAsync(LocalPart.Parse("ann"), new(), null, default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.ResolveAsync("bob")); // a change that failed is read again
        Assert.NotNull(await cluster.Grains.GetTenant(TenantId.Parse("t")).GetAsync(default)); // known without the store

        store.Faults.Unavailable = false;
        acknowledged.Add((await StoreCluster.EventuallyAsync(() => grain.RecordAsync(MailCluster.Submission(bob), default).AsTask())).Id);
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("ann"));
        var listed = (await grain.ListAllAsync("bob")).Select(m => m.Id).ToList();
        Assert.Empty(acknowledged.Except(listed));
        Assert.Equal(listed.Count, listed.Distinct().Count());
    }

    [Fact]
    public async Task Of_two_owners_of_a_partition_the_first_retires_and_later_calls_work()
    {
        await using var cluster = await StoreCluster.StartAsync(store);
        var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob");
        var bob = (await grain.ResolveAsync("bob")).Targets[0];
        await grain.RecordAsync(MailCluster.Submission(bob), default);
        var first = cluster.Owned(cluster.Silos[0])!;

        await using var rival = await cluster.OpenRivalAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.RecordAsync(MailCluster.Submission(bob), default).AsTask());
        await first.Fenced.WaitAsync(TimeSpan.FromSeconds(30));

        await StoreCluster.EventuallyAsync(() => grain.RecordAsync(MailCluster.Submission(bob), default).AsTask());
        Assert.NotSame(first, cluster.Owned(cluster.Silos[0]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rival.RecordAsync(bob.Key, MailCluster.Submission(bob), default).AsTask());
        Assert.Equal([1L, 2], (await grain.ListAllAsync("bob")).Select(m => m.Sequence));
    }
}
