using System.Collections.Concurrent;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class FencingTests
{
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task A_second_owner_fences_the_first_which_acknowledges_nothing_more()
    {
        var bench = new PartitionBench();
        await using var first = await bench.OpenAsync();
        await RecordAsync(first, Message("first", mailbox));

        await using var second = await bench.OpenAsync();

        await AssertFencedAsync(first);
        await RecordAsync(second, Message("second", mailbox));
        Assert.Equal(["first", "second"], (await ListAllAsync(second, mailbox)).Select(FailureTests.Subject));
    }

    [Fact]
    public async Task An_owner_that_is_fenced_at_the_end_of_its_log_does_not_go_on_in_the_next()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, MaxLogAppends = 1 } };
        var first = await bench.OpenAsync();
        await RecordAsync(first, Message("first", mailbox));
        var second = await bench.OpenAsync();

        await AssertFencedAsync(first);
        await RecordAsync(second, Message("second", mailbox));

        await using var third = await bench.OpenAsync(bench.Store.Crash());
        Assert.Equal(["first", "second"], (await ListAllAsync(third, mailbox)).Select(FailureTests.Subject));
    }

    [Fact]
    public async Task Twelve_owners_that_open_one_partition_at_once_lose_nothing_and_record_nothing_twice()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, MaxLogAppends = 20 } };
        var acknowledged = new ConcurrentBag<Ulid>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(owner => Task.Run(() => OwnAsync(bench, owner, acknowledged))));

        await using var last = await bench.OpenAsync(bench.Store.Crash());
        var all = await ListAllAsync(last, mailbox);

        Assert.Empty(acknowledged.Except(all.Select(m => m.Id.Record)));
        Assert.Equal(all.Count, all.Select(m => m.Id).Distinct().Count());
        Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
    }

    [Fact]
    public async Task On_a_folder_a_second_open_fences_the_first_and_a_restart_keeps_everything()
    {
        var folder = Directory.CreateTempSubdirectory("orleansmail-partition-");
        try
        {
            var bench = new PartitionBench { Options = PartitionOptionsForFolder() };
            await using (var store = FileSystemObjectStore.Open(folder.FullName))
            {
                await using var first = await bench.OpenAsync(store);
                await Task.WhenAll(Enumerable.Range(0, 200).Select(i => RecordAsync(first, Message($"message {i}", mailbox))));
                await using var second = await bench.OpenAsync(store);
                await AssertFencedAsync(first);
                await RecordAsync(second, Message("last", mailbox));
            }

            await using var reopenedStore = FileSystemObjectStore.Open(folder.FullName);
            await using var reopened = await bench.OpenAsync(reopenedStore);
            var all = await ListAllAsync(reopened, mailbox);
            Assert.Equal(201, all.Count);
            Assert.Equal("last", FailureTests.Subject(all[^1]));
            Assert.All(Directory.GetFiles(folder.FullName, "*.log", SearchOption.AllDirectories).Order().SkipLast(1), f => Assert.True(new FileInfo(f).Length < 400_000));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory, InlineData(1), InlineData(100), InlineData(5000)]
    public async Task On_a_folder_a_torn_tail_is_cut(int octets)
    {
        var folder = Directory.CreateTempSubdirectory("orleansmail-partition-");
        try
        {
            var log = new RecordedLog();
            var bench = new PartitionBench { Options = PartitionOptionsForFolder(), Loggers = log };
            await WriteAndTearAsync(bench, folder.FullName, octets);

            for (var round = 0; round < 2; round++)
            {
                await using var store = FileSystemObjectStore.Open(folder.FullName);
                await using var reopened = await bench.OpenAsync(store);
                Assert.Equal(5 + round, (await ListAllAsync(reopened, mailbox)).Count);
                await RecordAsync(reopened, Message($"after {round}", mailbox));
            }

            Assert.Equal(1, log.Count("TornTail"));
            Assert.Equal(0, log.Count("LogDamaged"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static OrleansMail.Storage.Partitions.PartitionOptions PartitionOptionsForFolder() => new();

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask();

    private async Task WriteAndTearAsync(PartitionBench bench, string folder, int octets)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var partition = await bench.OpenAsync(store);
        for (var i = 0; i < 5; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));
        var last = (await ListAllAsync(partition, mailbox))[^1].Location;
        var garbage = new byte[octets];
        new Random(octets).NextBytes(garbage);
        garbage[0] |= 1;
        await using var file = new FileStream(Path.Combine(folder, last.Path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Position = (last.Offset + last.Length + 7) & ~7;
        file.Write(garbage);
    }

    private async Task AssertFencedAsync(IPartition partition)
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(partition, Message("of a zombie", mailbox)));
        await partition.Fenced.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ListAllAsync(partition, mailbox));
    }

    // A fence whose answer is lost fails the opening; the grain's next call opens anew.
    private static async Task<IPartition> OpenAgainAsync(PartitionBench bench)
    {
        while (true)
        {
            try
            {
                return await bench.OpenAsync();
            }
            catch (StoreUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task OwnAsync(PartitionBench bench, int owner, ConcurrentBag<Ulid> acknowledged)
    {
        var random = new Random(owner);
        await using var partition = await OpenAgainAsync(bench);
        for (var i = 0; i < 60 && !partition.Fenced.IsCompleted; i++)
        {
            if (random.Next(10) == 0)
                bench.Store.Faults.NextAppend(AppendFault.LostAnswer);
            try
            {
                var receipt = await RecordAsync(partition, Message($"{owner}/{i}", mailbox));
                acknowledged.Add(receipt.Id.Record);
            }
            catch (StoreUnavailableException)
            {
                return;
            }
        }
    }
}
