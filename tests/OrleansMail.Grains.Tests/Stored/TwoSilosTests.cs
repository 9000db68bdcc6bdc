using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>Two silos that share a store, as a cluster shares a blob container.</summary>
public sealed class TwoSilosTests
{
    private const int Callers = 8;

    [Fact]
    public async Task What_either_silo_acknowledged_is_listed_exactly_once_after_the_owner_was_killed()
    {
        await using var cluster = await StoreCluster.StartAsync(new MemoryObjectStore(), silos: 2);
        var bob = (await (await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob")).ResolveAsync("bob")).Targets[0];
        await RecordAsync(cluster.Mailboxes("t", "a.test"), bob);
        var owner = cluster.Silos.Single(s => cluster.Owned(s) is not null);
        var survivor = cluster.Silos.Single(s => s != owner);

        var acknowledged = new ConcurrentQueue<MessageId>();
        using var end = new CancellationTokenSource();
        var fromOwner = Load(owner, bob, acknowledged, end.Token);
        var fromSurvivor = Load(survivor, bob, acknowledged, end.Token);
        await UntilAsync(() => acknowledged.Count > 100);
        await cluster.KillAsync(owner);
        var before = acknowledged.Count;
        await UntilAsync(() => acknowledged.Count > before + 100);
        await end.CancelAsync();
        await Task.WhenAll([.. fromOwner, .. fromSurvivor]);

        var listed = await Local(survivor).ListAllAsync("bob");
        Assert.NotNull(cluster.Owned(survivor));
        Assert.Empty(acknowledged.Except(listed.Select(m => m.Id)));
        Assert.Equal(listed.Count, listed.Select(m => m.Id).Distinct().Count());
        Assert.Equal(listed.Select(m => m.Sequence).Order().Distinct(), listed.Select(m => m.Sequence));
        Assert.Equal(listed.Count, (await Local(survivor).GetMailboxAsync(LocalPart.Parse("bob"), default))!.Value.Usage.Messages);
    }

    private static IMailboxesGrain Local(InProcessSiloHandle silo) =>
        silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IMailboxesGrain>("t/a.test");

    private static Task[] Load(InProcessSiloHandle silo, ResolvedMailbox bob, ConcurrentQueue<MessageId> acknowledged, CancellationToken end)
    {
        var grain = Local(silo);
        return [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(() => RecordManyAsync(grain, silo, bob, acknowledged, end), CancellationToken.None))];
    }

    // What fails is not acknowledged, whatever the reason; a silo that is dead calls no more.
    private static async Task RecordManyAsync(
        IMailboxesGrain grain, InProcessSiloHandle silo, ResolvedMailbox bob, ConcurrentQueue<MessageId> acknowledged, CancellationToken end)
    {
        while (!end.IsCancellationRequested && silo.IsActive)
        {
            try
            {
                acknowledged.Enqueue(await RecordAsync(grain, bob));
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task<MessageId> RecordAsync(IMailboxesGrain grain, ResolvedMailbox bob)
    {
        var receipt = await grain.RecordAsync(MailCluster.Submission(bob), default);
        Assert.Equal(RecordOutcome.Recorded, receipt.Outcome);
        await grain.MarkSeenAsync([receipt.Id.Record]);
        return receipt.Id;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(10, timeout.Token);
    }
}
