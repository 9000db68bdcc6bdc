using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Another number of partitions, while mail flows.</summary>
public sealed class PartitionChangeTests
{
    private static readonly DomainKey Other = Domain with { Domain = NewIncarnation(), Number = 8 };
    private readonly PartitionBench bench = new() { Options = new PartitionOptions { DedicatedThread = false, FewDomains = 0, FlushBytes = 1_000_000 } };
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task Messages_sequences_deletions_and_repeats_go_over_to_the_next_generation()
    {
        await StoreManifest.OpenAsync(bench.Store, 2, CancellationToken.None);
        var (first, second) = (await OpenAsync(0, 1), await OpenAsync(1, 1));
        var message = Message("one", mailbox);
        var one = await first.RecordAsync(Domain, message, CancellationToken.None);
        var two = await first.RecordAsync(Domain, Message("two", mailbox), CancellationToken.None);
        await first.DeleteAsync(Domain, two.Id, CancellationToken.None);
        var other = await second.RecordAsync(Other, Message("other", mailbox), CancellationToken.None);

        var manifest = await ChangeAsync(3, first, second);

        Assert.Equal((3, 2), (manifest.Partitions, manifest.Generation));
        await using var now = await OpenAsync(2, 2);
        Assert.Equal([one.Id], (await ListAllAsync(now, mailbox)).Select(m => m.Id));
        Assert.Equal([other.Id], (await ListAllAsync(now, mailbox, Other)).Select(m => m.Id));
        Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, one.Id), await now.RecordAsync(Domain, message with { Id = Ulid.NewUlid() }, CancellationToken.None));
        await now.RecordAsync(Domain, Message("three", mailbox), CancellationToken.None);
        await now.FlushAsync(CancellationToken.None);
        Assert.Equal([1, 3], (await ListAllAsync(now, mailbox)).Select(m => m.Sequence));
        var packs = (await new HeadStore(bench.Store, 2).ReadAsync(Domain, CancellationToken.None)).Head.Packs;
        Assert.Equal(2, packs.Count);
        Assert.True(packs[1].Covered.First > packs[0].Covered.Last);
    }

    [Fact]
    public async Task A_closed_partition_refuses_and_opens_again_only_when_the_change_is_given_up()
    {
        await StoreManifest.OpenAsync(bench.Store, 1, CancellationToken.None);
        var changes = new PartitionChanges(bench.Store);
        var partition = await OpenAsync(0, 1);
        await partition.RecordAsync(Domain, Message("one", mailbox), CancellationToken.None);
        var change = (await changes.BeginAsync(2, CancellationToken.None)).Next!;
        await partition.CloseAsync(change.Number, CancellationToken.None);

        await Assert.ThrowsAsync<PartitionClosedException>(() => partition.RecordAsync(Domain, Message("two", mailbox), CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<PartitionClosedException>(() => partition.ListAsync(Domain, mailbox, 0, 10, CancellationToken.None).AsTask());
        Assert.Throws<PartitionClosedException>(() => partition.MarkSeen([Ulid.NewUlid()]));
        Assert.False(partition.TryNoteDecision(Domain.Tenant, "x"u8.ToArray()));
        await Assert.ThrowsAsync<PartitionClosedException>(() => OpenAsync(0, 1));
        await partition.DisposeAsync();
        await changes.AbandonAsync(change, CancellationToken.None);
        await using var again = await OpenAsync(0, 1);
        await again.RecordAsync(Domain, Message("two", mailbox), CancellationToken.None);
        Assert.Equal([1, 2], (await ListAllAsync(again, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task Who_waits_for_mail_is_told_to_ask_elsewhere()
    {
        await StoreManifest.OpenAsync(bench.Store, 1, CancellationToken.None);
        await using var partition = await OpenAsync(0, 1);
        var waiting = partition.WaitAsync(Domain, mailbox, 0, TimeSpan.FromMinutes(1), CancellationToken.None).AsTask();

        await partition.CloseAsync(1, CancellationToken.None);

        await Assert.ThrowsAsync<PartitionClosedException>(() => waiting);
    }

    [Fact]
    public async Task Nobody_opens_a_partition_of_a_generation_that_is_over()
    {
        await StoreManifest.OpenAsync(bench.Store, 1, CancellationToken.None);
        var manifest = await ChangeAsync(2, await OpenAsync(0, 1));
        await (await OpenAsync(0, 2)).DisposeAsync();
        await (await OpenAsync(1, 2)).DisposeAsync();
        var changes = new PartitionChanges(bench.Store);
        var leftovers = await changes.FindLeftoversAsync(manifest, CancellationToken.None);
        await changes.DeleteAsync(leftovers, CancellationToken.None);

        Assert.NotEmpty(leftovers);
        await Assert.ThrowsAsync<PartitionClosedException>(() => OpenAsync(0, 1));
        await Assert.ThrowsAsync<PartitionClosedException>(() => OpenAsync(0, 3));
        Assert.Empty((await new StoreVerifier(bench.Store, TimeProvider.System).VerifyAsync(CancellationToken.None)).Mismatches);
    }

    [Fact]
    public async Task A_domain_that_cannot_be_brought_into_packs_keeps_the_partition_open()
    {
        await StoreManifest.OpenAsync(bench.Store, 1, CancellationToken.None);
        var store = new FaultyObjectStore(bench.Store);
        store.Script.Decide = (operation, _) => ValueTask.FromResult(operation.Path.EndsWith("/head", StringComparison.Ordinal) && operation.Mutation > 0 ? StoreFault.Unavailable : StoreFault.None);
        await using var partition = await bench.OpenAsync(store);
        await partition.RecordAsync(Domain, Message("one", mailbox), CancellationToken.None);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => partition.CloseAsync(1, CancellationToken.None).AsTask());

        await partition.RecordAsync(Domain, Message("two", mailbox), CancellationToken.None);
        Assert.Equal([1, 2], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
    }

    [Theory, InlineData(StoreFault.DiesBefore), InlineData(StoreFault.DiesAfter)]
    public async Task A_process_that_dies_at_any_operation_of_a_change_loses_nothing_and_the_next_one_makes_it(StoreFault death)
    {
        var (mutation, isThrough) = (1, false);
        for (; !isThrough; mutation++)
        {
            var survivor = new MemoryObjectStore();
            await StoreManifest.OpenAsync(survivor, 1, CancellationToken.None);
            var acknowledged = await FillAsync(survivor);
            isThrough = await DieAsync(survivor, mutation, death);
            survivor = survivor.Crash();
            await CheckAsync(survivor, acknowledged, await FinishAsync(survivor));
        }

        Assert.InRange(mutation, 10, 200);
    }

    [Fact]
    public async Task A_store_of_the_format_before_becomes_one_of_this()
    {
        await bench.Store.WriteValueAsync("manifest", Encoding.UTF8.GetBytes("""{"format":1,"partitions":4,"generation":1}"""), null, CancellationToken.None);

        var manifest = await StoreManifest.OpenAsync(bench.Store, 8, CancellationToken.None);

        Assert.Equal(new StoreManifest(StoreManifest.CurrentFormat, 4, 1), manifest);
        Assert.Equal(manifest, await StoreManifest.ReadAsync(bench.Store, CancellationToken.None));
    }

    [Fact]
    public async Task A_store_of_a_later_format_is_refused()
    {
        await bench.Store.WriteValueAsync("manifest", Encoding.UTF8.GetBytes("""{"format":3,"partitions":4,"generation":1}"""), null, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => StoreManifest.OpenAsync(bench.Store, 8, CancellationToken.None));

        Assert.Contains("format 3", refusal.Message, StringComparison.Ordinal);
    }

    private Task<IPartition> OpenAsync(int number, int generation, IObjectStore? store = null)
    {
        bench.Partition = new PartitionId(StoreManifest.DefaultStore, number, generation);
        return bench.OpenAsync(store);
    }

    private async Task<StoreManifest> ChangeAsync(int partitions, params IPartition[] open)
    {
        var changes = new PartitionChanges(bench.Store);
        var change = (await changes.BeginAsync(partitions, CancellationToken.None)).Next!;
        foreach (var partition in open)
        {
            await partition.CloseAsync(change.Number, CancellationToken.None);
            await partition.DisposeAsync();
        }

        return await changes.CompleteAsync(change, CancellationToken.None);
    }

    private async Task<List<MessageId>> FillAsync(MemoryObjectStore store)
    {
        await using var partition = await OpenAsync(0, 1, store);
        var acknowledged = new List<MessageId>();
        for (var i = 0; i < 3; i++)
            acknowledged.Add((await partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None)).Id);
        await partition.DeleteAsync(Domain, acknowledged[1], CancellationToken.None);
        return acknowledged;
    }

    // Returns whether the change was through before the process could die.
    private async Task<bool> DieAsync(MemoryObjectStore survivor, int mutation, StoreFault death)
    {
        var store = new FaultyObjectStore(survivor);
        store.Script.DieAt(mutation, death);
        var life = Task.Run(async () => await MakeAsync(store));
        if (await Task.WhenAny(life, store.Script.Died) != life || store.Script.IsDead)
            return false;
        await life;
        return true;
    }

    private Task<StoreManifest> FinishAsync(MemoryObjectStore survivor) => MakeAsync(survivor);

    // As the server does it.
    private async Task<StoreManifest> MakeAsync(IObjectStore store)
    {
        var changes = new PartitionChanges(store);
        var manifest = await changes.BeginAsync(2, CancellationToken.None);
        if (manifest.Next is { } change)
        {
            try
            {
                var partition = await OpenAsync(0, 1, store);
                await partition.CloseAsync(change.Number, CancellationToken.None);
                await partition.DisposeAsync();
            }
            catch (PartitionClosedException)
            {
                // By the process that died.
            }

            manifest = await changes.CompleteAsync(change, CancellationToken.None);
        }

        var leftovers = await changes.FindLeftoversAsync(manifest, CancellationToken.None);
        for (var number = 0; number < manifest.Partitions; number++)
            await (await OpenAsync(number, manifest.Generation, store)).DisposeAsync();
        await changes.DeleteAsync(leftovers, CancellationToken.None);
        return manifest;
    }

    private async Task CheckAsync(MemoryObjectStore store, List<MessageId> acknowledged, StoreManifest manifest)
    {
        await using var partition = await OpenAsync(1, manifest.Generation, store);
        Assert.Equal([acknowledged[0], acknowledged[2]], (await ListAllAsync(partition, mailbox)).Select(m => m.Id));
        Assert.Equal(4, (await Reopened(partition)).Sequence);
        Assert.Empty((await new StoreVerifier(store, TimeProvider.System).VerifyAsync(CancellationToken.None)).Mismatches);
    }

    private async Task<StoredMessage> Reopened(IPartition partition)
    {
        await partition.RecordAsync(Domain, Message("after it", mailbox), CancellationToken.None);
        return (await ListAllAsync(partition, mailbox))[^1];
    }
}
