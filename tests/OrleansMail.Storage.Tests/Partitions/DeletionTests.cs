using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Deletions beside readers, other deletions and the flush that brings them into the head.</summary>
public sealed class DeletionTests
{
    private readonly PartitionBench bench = new() { Options = new PartitionOptions { DedicatedThread = false, KeepLogs = true, IndexCacheBytes = 1 } };
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task A_deleted_message_is_not_found_again_while_its_deletion_goes_into_the_head()
    {
        var store = new FaultyObjectStore(bench.Store);
        await using var partition = await bench.OpenAsync(store);
        var id = (await partition.RecordAsync(Domain, Message("one", mailbox), CancellationToken.None)).Id;
        await partition.FlushAsync(CancellationToken.None);
        await partition.DeleteAsync(Domain, id, CancellationToken.None);
        var (held, go) = HoldNextReadOfPack(store);
        var finding = partition.FindAsync(Domain, id, CancellationToken.None).AsTask();
        await held;

        await partition.FlushAsync(CancellationToken.None);
        go.SetResult(StoreFault.None);

        Assert.Null(await finding);
    }

    [Fact]
    public async Task A_message_that_was_deleted_since_it_was_looked_for_is_not_deleted_a_second_time()
    {
        var store = new FaultyObjectStore(bench.Store);
        var partition = await bench.OpenAsync(store);
        var ids = new[] { "one", "two" }.Select(async text => (await partition.RecordAsync(Domain, Message(text, mailbox), CancellationToken.None)).Id).Select(static t => t.Result).ToList();
        await partition.FlushAsync(CancellationToken.None);
        var (held, go) = HoldNextReadOfPack(store);
        var second = partition.DeleteAsync(Domain, ids[0], CancellationToken.None).AsTask();
        await held;
        Assert.True(await partition.DeleteAsync(Domain, ids[0], CancellationToken.None));
        await partition.FlushAsync(CancellationToken.None);

        go.SetResult(StoreFault.None);

        Assert.False(await second);
        await CheckAsync(ids[1]);
    }

    [Fact]
    public async Task Of_two_deletions_of_a_message_in_one_batch_one_is_made()
    {
        var partition = await bench.OpenAsync();
        var ids = new[] { "one", "two" }.Select(async text => (await partition.RecordAsync(Domain, Message(text, mailbox), CancellationToken.None)).Id).Select(static t => t.Result).ToList();
        Task[] deletions;
        Task<bool>[] both;
        using (bench.Store.Faults.HoldAppends())
        {
            deletions = [partition.RecordAsync(Domain, Message("holds the batch", mailbox), CancellationToken.None).AsTask()];
            await bench.Store.Faults.AppendHeld;
            both = [partition.DeleteAsync(Domain, ids[0], CancellationToken.None).AsTask(), partition.DeleteAsync(Domain, ids[0], CancellationToken.None).AsTask()];
        }

        await Task.WhenAll(deletions);

        Assert.Equal([false, true], (await Task.WhenAll(both)).Order());
        await CheckAsync(ids[1]);
    }

    [Fact]
    public void A_deletion_of_what_was_found_under_a_head_that_was_replaced_is_looked_for_again()
    {
        var index = new PartitionIndex(10, 10);
        var (domain, found) = (new DomainIndex(Domain), new StoredHead(DomainHead.Empty(Domain, 1), null));
        domain.Head = new StoredHead(DomainHead.Empty(Domain, 1), "written since");
        var former = new BatchFormer(index, new RepeatWindow(TimeSpan.FromHours(1), 10, TimeProvider.System), new PartitionMetrics(null), TimeProvider.System);
        var deletion = new PendingChange(domain, new ChangeRecord(Domain, DateTimeOffset.UtcNow, mailbox, Ulid.NewUlid(), 1, 10), found);

        former.Form([deletion]);

        Assert.Equal((ChangeOutcome.Outdated, 0), (deletion.Outcome, former.Batch.Records));
    }

    // By the next owner, which knows only what the log says.
    private async Task CheckAsync(Contracts.Messages.MessageId kept)
    {
        await using var partition = await bench.OpenAsync();
        var listed = await ListAllAsync(partition, mailbox);
        Assert.Equal(kept, listed[0].Id);
        Assert.Equal(listed.Count, (await partition.GetUsageAsync(Domain, mailbox, CancellationToken.None)).Messages);
    }

    private static (Task Held, TaskCompletionSource<StoreFault> Go) HoldNextReadOfPack(FaultyObjectStore store)
    {
        var (held, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource<StoreFault>(TaskCreationOptions.RunContinuationsAsynchronously));
        store.Script.Decide = (operation, _) => operation.Mutation == 0 && operation.Path.EndsWith(".blk", StringComparison.Ordinal) && held.TrySetResult()
            ? new(go.Task)
            : ValueTask.FromResult(StoreFault.None);
        return (held.Task, go);
    }
}
