using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Core;
using Azure.Storage.Blobs;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;
using Request = Azure.Core.Request;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Partitions over append blobs of a real Azurite.</summary>
public sealed class BlobPartitionTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly Incarnation mailbox = NewIncarnation();
    private readonly PartitionBench bench = new() { Options = PartitionOptions.ForBlobs() };
    private readonly LosingTransport transport = new();
    private readonly ConcurrentQueue<long> appends = new();
    private AzureBlobStoreOptions options = null!;
    private AzureBlobObjectStore store = null!;

    public async ValueTask InitializeAsync()
    {
        options = await azurite.NewContainerAsync(transport);
        store = await AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        transport.Loses = request => Sees(request) && false;
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null)
            await store.DisposeAsync();
        transport.Dispose();
    }

    [Fact]
    public async Task What_was_recorded_is_there_after_the_partition_was_closed_and_after_it_was_not()
    {
        await using (var first = await bench.OpenAsync(store))
            await RecordManyAsync(first, 30);
        var second = await bench.OpenAsync(store);
        await RecordAsync(second, Message("thirty-first", mailbox));

        await using var third = await bench.OpenAsync(store);

        var all = await ListAllAsync(third, mailbox);
        Assert.Equal(Enumerable.Range(1, 31).Select(i => (long)i), all.Select(m => m.Sequence));
        foreach (var message in all)
            Assert.Equal(message.Sha256.ToArray(), System.Security.Cryptography.SHA256.HashData(await ReadRawAsync(store, message)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(second, Message("of a zombie", mailbox)));
        await second.Fenced.WaitAsync(TimeSpan.FromSeconds(30));
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Owners_that_open_one_partition_at_once_lose_nothing_and_record_nothing_twice()
    {
        var acknowledged = new ConcurrentBag<MessageId>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var partition = await bench.OpenAsync(store);
            for (var i = 0; i < 20; i++)
            {
                try
                {
                    acknowledged.Add((await RecordAsync(partition, Message($"message {i}", mailbox))).Id);
                }
                catch (StoreUnavailableException)
                {
                    return;
                }
            }
        }));

        await using var last = await bench.OpenAsync(store);
        var all = await ListAllAsync(last, mailbox);
        Assert.NotEmpty(acknowledged);
        Assert.Empty(acknowledged.Except(all.Select(m => m.Id)));
        Assert.Equal(all.Count, all.Select(m => m.Id).Distinct().Count());
        Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
    }

    [Fact]
    public async Task A_batch_of_more_than_4_MiB_is_one_append()
    {
        GatherAll();
        await using var partition = await bench.OpenAsync(store);
        appends.Clear();

        await RecordLargeAsync(partition, 29);

        Assert.True(Assert.Single(appends) > 7_000_000);
        await AssertRecoveredAsync(29);
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task Where_a_block_takes_4_MiB_a_batch_is_several_and_counts_once_whichever_answer_is_lost(int lost)
    {
        GatherAll();
        await using var old = await AzureBlobObjectStore.OpenAsync(
            new() { Connection = options.Connection, Container = options.Container, Transport = transport, Version = BlobClientOptions.ServiceVersion.V2021_12_02 },
            TimeProvider.System, CancellationToken.None);
        await using var partition = await bench.OpenAsync(old);
        appends.Clear();
        transport.Loses = request => Sees(request) && appends.Count == lost;

        await RecordLargeAsync(partition, 29);

        Assert.Equal(1, transport.Lost);
        Assert.All(appends, length => Assert.InRange(length, 1, 4 << 20));
        Assert.False(partition.Fenced.IsCompleted);
        await AssertRecoveredAsync(29);
    }

    [Fact]
    public async Task An_append_whose_answer_is_lost_counts_once()
    {
        await using var partition = await bench.OpenAsync(store);
        transport.Loses = request => Sees(request) && transport.Lost == 0;

        await RecordAsync(partition, Message("hello", mailbox));

        Assert.Equal(1, transport.Lost);
        await AssertRecoveredAsync(1);
    }

    [Fact]
    public async Task At_a_steady_load_three_messages_of_ten_or_fewer_cost_an_operation_and_a_lone_one_is_not_held_back()
    {
        await using var partition = await bench.OpenAsync(store);
        appends.Clear();
        for (var i = 0; i < 5; i++)
        {
            await RecordAsync(partition, Message($"alone {i}", mailbox));
            await Task.Delay(100);
        }

        Assert.Equal(5, appends.Count);
        appends.Clear();
        const int PerSecond = 300;
        const int Count = 600;
        var started = Stopwatch.GetTimestamp();
        var sent = new List<Task>();
        while (sent.Count < Count)
        {
            while (sent.Count < Count && sent.Count < Stopwatch.GetElapsedTime(started).TotalSeconds * PerSecond)
                sent.Add(RecordAsync(partition, Message($"message {sent.Count}", mailbox)));
            await Task.Delay(1);
        }

        await Task.WhenAll(sent);
        Assert.InRange(appends.Count / (double)Count, 0, 0.3);
    }

    // All that is recorded at about the same time is one batch.
    private void GatherAll() =>
        (bench.Options.Linger, bench.Options.LingerRate, bench.Options.LingerBelow) = (TimeSpan.FromMilliseconds(300), 0, int.MaxValue);

    private bool Sees(Request request)
    {
        if (request.Method != RequestMethod.Put || !request.Uri.Query.Contains("comp=appendblock", StringComparison.Ordinal))
            return false;
        request.Content!.TryComputeLength(out var length);
        appends.Enqueue(length);
        return true;
    }

    private async Task AssertRecoveredAsync(int count)
    {
        await using var again = await bench.OpenAsync(store);
        var all = await ListAllAsync(again, mailbox);
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), all.Select(m => m.Sequence));
        Assert.Equal(count, all.Select(m => m.Id).Distinct().Count());
    }

    private Task RecordLargeAsync(IPartition partition, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i =>
    {
        var message = Message($"large {i}", mailbox);
        var raw = new byte[250_000];
        new Random(i).NextBytes(raw);
        return RecordAsync(partition, message with { Payload = message.Payload with { Inline = raw, Size = raw.Length } });
    }));

    private Task RecordManyAsync(IPartition partition, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => RecordAsync(partition, Message($"message {i}", mailbox))));

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask();
}
