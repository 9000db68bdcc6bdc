using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Storage;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>Another number of partitions in a cluster, while mail comes to both of its silos.</summary>
public sealed class PartitionChangeTests
{
    private const int Domains = 12;

    [Fact]
    public async Task Mail_flows_while_the_number_of_partitions_is_changed_and_nothing_is_lost_or_there_twice()
    {
        var store = new MemoryObjectStore();
        await using var cluster = await StoreCluster.StartAsync(store, silos: 2);
        var targets = new List<ResolvedMailbox>();
        for (var i = 0; i < Domains; i++)
            targets.Add((await (await cluster.Grains.SetUpDomainAsync("t", $"d{i}.test", null, "bob")).ResolveAsync("bob")).Targets[0]);
        var (recorded, refused) = (new ConcurrentBag<(int Domain, MessageId Id)>(), new ConcurrentBag<Exception>());
        using var end = new CancellationTokenSource();
        var load = cluster.Silos.SelectMany(s => Enumerable.Range(0, Domains).Select(d => Task.Run(() => RecordManyAsync(s, d, targets[d], recorded, refused, end.Token)))).ToList();
        await UntilAsync(() => recorded.Count > 200);

        foreach (var (partitions, generation) in new[] { (5, 2), (3, 3) })
        {
            await cluster.Grains.GetPartitionChange(StoreManifest.DefaultStore).ChangeAsync(partitions);
            await UntilAsync(async () => (await StoreManifest.ReadAsync(store, default))!.Generation == generation);
            var before = recorded.Count;
            await UntilAsync(() => recorded.Count > before + 200);
        }

        await end.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(refused);
        for (var i = 0; i < Domains; i++)
            await CheckAsync(cluster.Mailboxes("t", $"d{i}.test"), [.. recorded.Where(r => r.Domain == i).Select(r => r.Id)]);
        await UntilAsync(async () => (await new PartitionChanges(store).FindLeftoversAsync((await StoreManifest.ReadAsync(store, default))!, default)).Count == 0);
        Assert.Empty((await new StoreVerifier(store, TimeProvider.System).VerifyAsync(default)).Mismatches);
        Assert.True(cluster.Silos.Sum(s => s.ServiceProvider.GetRequiredService<LocalPartitions>().Count) == 3);
    }

    [Fact]
    public async Task A_change_that_its_silo_did_not_end_is_ended_when_mail_comes()
    {
        var store = new MemoryObjectStore();
        MessageId before;
        ResolvedMailbox bob;
        await using (var first = await StoreCluster.StartAsync(store))
        {
            bob = (await (await first.Grains.SetUpDomainAsync("t", "a.test", null, "bob")).ResolveAsync("bob")).Targets[0];
            before = (await first.Mailboxes("t", "a.test").RecordAsync(MailCluster.Submission(bob), default)).Id;
            var change = (await new PartitionChanges(store).BeginAsync(4, default)).Next!;
            await first.Grains.GetPartition(StoreCluster.Partition).CloseAsync(change.Number, default);
        }

        await using var second = await StoreCluster.StartAsync(store);
        var mailboxes = second.Mailboxes("t", "a.test");
        var after = await mailboxes.RecordAsync(MailCluster.Submission(bob), default);

        Assert.Equal([before, after.Id], (await mailboxes.ListAllAsync("bob")).Select(m => m.Id));
        Assert.Equal(4, (await StoreManifest.ReadAsync(store, default))!.Partitions);
    }

    private static async Task CheckAsync(IMailboxesGrain mailboxes, IReadOnlyList<MessageId> recorded)
    {
        var listed = await mailboxes.ListAllAsync("bob");
        Assert.Equal(recorded.Select(static id => id.ToString()).Order(), listed.Select(static m => m.Id.ToString()).Order());
        Assert.Equal(Enumerable.Range(1, recorded.Count).Select(static n => (long)n), listed.Select(static m => m.Sequence));
    }

    private static async Task RecordManyAsync(
        InProcessSiloHandle silo, int domain, ResolvedMailbox bob, ConcurrentBag<(int, MessageId)> recorded, ConcurrentBag<Exception> refused, CancellationToken end)
    {
        var mailboxes = silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IMailboxesGrain>($"t/d{domain}.test");
        while (!end.IsCancellationRequested)
        {
            try
            {
                var receipt = await mailboxes.RecordAsync(MailCluster.Submission(bob), default);
                recorded.Add((domain, receipt.Id));
                await mailboxes.MarkSeenAsync([receipt.Id.Record]);
            }
            catch (Exception exception)
            {
                refused.Add(exception);
                return;
            }
        }
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(10, timeout.Token);
    }
}
