using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tests.Partitions;

public sealed class PartitionGrainTests
{
    [Theory, InlineData(1), InlineData(2)]
    public async Task A_fenced_partition_is_opened_again_by_the_next_call(short silos)
    {
        await using var cluster = await MailCluster.StartAsync(silos);
        var (grain, target) = await BobAsync(cluster);
        Assert.Equal(RecordOutcome.Recorded, (await grain.RecordAsync(MailCluster.Submission(target), default)).Outcome);
        cluster.Partitions.Opened[0].Fence();
        await EventuallyAsync(async () => (await grain.RecordAsync(MailCluster.Submission(target), default)).Outcome == RecordOutcome.Recorded);
        Assert.Equal(2, cluster.Partitions.Opened.Count);
        Assert.Equal(2, (await grain.ListMessagesAsync(LocalPart.Parse("bob"), null, 0, 10, TimeSpan.Zero, default))!.Page.Items.Count);
    }

    [Fact]
    public async Task Two_owners_at_once_do_no_harm()
    {
        await using var cluster = await MailCluster.StartAsync();
        var (grain, target) = await BobAsync(cluster);
        await grain.RecordAsync(MailCluster.Submission(target), default);
        await using var rival = await cluster.Partitions.OpenAsync(new("default", 0), default); // fences the first off
        await EventuallyAsync(async () => (await grain.RecordAsync(MailCluster.Submission(target), default)).Outcome == RecordOutcome.Recorded);
        var items = (await grain.ListMessagesAsync(LocalPart.Parse("bob"), null, 0, 10, TimeSpan.Zero, default))!.Page.Items;
        Assert.Equal([1L, 2L], items.Select(i => i.Sequence));
        Assert.True(rival.Fenced.IsCompleted);
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task A_store_that_is_away_or_full_fails_calls_with_its_own_exception_over_silos_too(short silos)
    {
        await using var cluster = await MailCluster.StartAsync(silos, partitions: 8);
        var (grain, target) = await BobAsync(cluster);
        cluster.Partitions.OpenFailure = () => new StoreUnavailableException("away", new IOException("disk"));
        Assert.Equal("away", (await FailsAsync<StoreUnavailableException>(cluster, target)).Message);
        cluster.Partitions.OpenFailure = null;
        cluster.Partitions.Failure = () => new StoreFullException("full");
        Assert.Equal("full", (await FailsAsync<StoreFullException>(cluster, target)).Message);
        cluster.Partitions.Failure = null;
        Assert.Equal(RecordOutcome.Recorded, (await grain.RecordAsync(MailCluster.Submission(target), default)).Outcome);
    }

    [Fact]
    public async Task Domains_of_two_silos_record_and_read_in_partitions_of_either()
    {
        await using var cluster = await MailCluster.StartAsync(2, partitions: 8);
        for (var i = 0; i < 12; i++)
        {
            var grain = await cluster.DomainAsync("t", $"d{i}.test", null, "bob");
            var submission = MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]);
            var receipt = await grain.RecordAsync(submission, default);
            var found = (await grain.FindMessageAsync(receipt.Id, default))!;
            Assert.Equal(submission.Payload.Sha256.ToArray(), found.Sha256.ToArray());
            Assert.Equal(submission.Mailboxes[0].Recipients, found.Mailbox.Recipients);
        }

        Assert.True(cluster.Partitions.Opened.Select(p => p.Id).Distinct().Count() > 2);
        Assert.Equal(cluster.Partitions.Opened.Count, cluster.Partitions.Opened.Select(p => p.Id).Distinct().Count());
    }

    [Fact]
    public async Task Records_of_one_domain_do_not_wait_for_each_other()
    {
        await using var cluster = await MailCluster.StartAsync();
        var (grain, target) = await BobAsync(cluster);
        var all = new TaskCompletionSource();
        var begun = 0;
        cluster.Partitions.Commit = _ =>
        {
            if (Interlocked.Increment(ref begun) == 10)
                all.SetResult();
            return all.Task; // one commit, shared by all waiting
        };
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => grain.RecordAsync(MailCluster.Submission(target), default).AsTask())).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Health_is_known_without_asking_the_store()
    {
        await using var cluster = await MailCluster.StartAsync();
        var (grain, target) = await BobAsync(cluster);
        var health = cluster.Silo.GetRequiredService<IStoreHealth>();
        Assert.Equal(StoreCondition.Healthy, await health.CheckAsync(MailPlace.SharedStore, 0, default));
        await grain.RecordAsync(MailCluster.Submission(target), default);
        cluster.Partitions.Health = PartitionHealth.Full;
        Assert.Equal(StoreCondition.Full, await health.CheckAsync(MailPlace.SharedStore, 0, default));
        cluster.Partitions.Health = PartitionHealth.Unavailable;
        Assert.Equal(StoreCondition.Unavailable, await health.CheckAsync(MailPlace.SharedStore, 0, default));
        cluster.Partitions.Health = PartitionHealth.Healthy;
        cluster.Store.Room = false;
        Assert.Equal(StoreCondition.Healthy, await health.CheckAsync(MailPlace.SharedStore, 1000, default));
        Assert.Equal(StoreCondition.Full, await health.CheckAsync(MailPlace.SharedStore, 10_000_000, default));
        cluster.Store.Away = true;
        Assert.Equal(StoreCondition.Unavailable, await health.CheckAsync(MailPlace.SharedStore, 10_000_000, default));
    }

    private static async Task<(IMailboxesGrain Grain, ResolvedMailbox Target)> BobAsync(MailCluster cluster)
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        return (grain, (await grain.ResolveAsync("bob")).Targets[0]);
    }

    // From each silo, so that one of the calls goes from silo to silo when there are two.
    private static async Task<T> FailsAsync<T>(MailCluster cluster, ResolvedMailbox target) where T : Exception
    {
        T? last = null;
        foreach (var silo in cluster.Silos)
        {
            var grain = silo.GetRequiredService<IGrainFactory>().GetGrain<IMailboxesGrain>("t/a.test");
            last = await Assert.ThrowsAsync<T>(() => grain.RecordAsync(MailCluster.Submission(target), default).AsTask());
        }

        return last!;
    }

    // Until the hand-over is through, callers are told that the store is away: they answer 451 and the client tries again.
    private static async Task EventuallyAsync(Func<Task<bool>> attempt)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                Assert.True(await attempt());
                return;
            }
            catch (StoreUnavailableException)
            {
                timeout.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
