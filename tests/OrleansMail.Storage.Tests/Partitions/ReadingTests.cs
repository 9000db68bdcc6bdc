using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Objects;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class ReadingTests
{
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task Pages_follow_one_another_without_gap_and_say_whether_there_is_more()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, RecentRecords = 10, MaxLogAppends = 5 } };
        await using var partition = await bench.OpenAsync();
        await RecordManyAsync(partition, 25);

        var first = await partition.ListAsync(Domain, mailbox, 0, 10, CancellationToken.None);
        var second = await partition.ListAsync(Domain, mailbox, 10, 10, CancellationToken.None);
        var third = await partition.ListAsync(Domain, mailbox, 20, 10, CancellationToken.None);
        var fourth = await partition.ListAsync(Domain, mailbox, 25, 10, CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i), first.Items.Concat(second.Items).Concat(third.Items).Select(m => m.Sequence));
        Assert.Equal((true, true, false, false), (first.More, second.More, third.More, fourth.More));
        Assert.Empty(fourth.Items);
    }

    [Fact]
    public async Task The_newest_messages_are_read_without_asking_the_store()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        await RecordManyAsync(partition, 20);
        var reads = bench.Store.Faults.Count("read");

        Assert.Equal(20, (await ListAllAsync(partition, mailbox)).Count);
        Assert.Equal(reads, bench.Store.Faults.Count("read"));
    }

    [Fact]
    public async Task Neighbours_in_a_log_are_read_at_once()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, RecentRecords = 0 } };
        await using var partition = await bench.OpenAsync();
        await RecordManyAsync(partition, 50);
        var reads = bench.Store.Faults.Count("read");

        Assert.Equal(50, (await ListAllAsync(partition, mailbox)).Count);
        Assert.Equal(reads + 1, bench.Store.Faults.Count("read"));
    }

    [Fact]
    public async Task A_message_is_found_only_by_its_domain_number_and_place()
    {
        await using var partition = await new PartitionBench().OpenAsync();
        var submission = Message("hello", mailbox);
        var id = (await partition.RecordAsync(Domain, submission, CancellationToken.None)).Id;

        Assert.NotNull(await partition.FindAsync(Domain, id, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain with { Domain = NewIncarnation() }, id, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain, id with { Domain = 8 }, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain, id with { Place = 1 }, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain, id with { Place = 65536 }, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain, id with { Record = Ulid.NewUlid() }, CancellationToken.None));
    }

    [Fact]
    public async Task Who_waits_is_told_of_the_next_message_and_not_of_another_mailbox_s()
    {
        await using var partition = await new PartitionBench().OpenAsync();
        var waiting = partition.WaitAsync(Domain, mailbox, 0, TimeSpan.FromMinutes(1), CancellationToken.None).AsTask();

        await partition.RecordAsync(Domain, Message("another", NewIncarnation()), CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await partition.RecordAsync(Domain, Message("hello", mailbox), CancellationToken.None);

        Assert.True(await waiting);
        Assert.True(await partition.WaitAsync(Domain, mailbox, 0, TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    [Fact]
    public async Task Who_waits_in_vain_is_told_when_the_time_is_over()
    {
        var time = new FakeTimeProvider();
        await using var partition = await new PartitionBench { Time = time }.OpenAsync();
        var waiting = partition.WaitAsync(Domain, mailbox, 0, TimeSpan.FromSeconds(30), CancellationToken.None).AsTask();

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.False(await waiting);
    }

    [Fact]
    public async Task A_record_is_not_seen_before_it_is_durable()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        var held = bench.Store.Faults.HoldAppends();
        var record = partition.RecordAsync(Domain, Message("hello", mailbox), CancellationToken.None).AsTask();
        await bench.Store.Faults.AppendHeld;

        Assert.Empty(await ListAllAsync(partition, mailbox));
        Assert.Equal(0, (await partition.GetUsageAsync(Domain, mailbox, CancellationToken.None)).Messages);
        held.Dispose();
        await record;
        Assert.Single(await ListAllAsync(partition, mailbox));
    }

    [Fact]
    public async Task What_waits_shares_one_append()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        var held = bench.Store.Faults.HoldAppends();
        var first = partition.RecordAsync(Domain, Message("first", mailbox), CancellationToken.None).AsTask();
        await bench.Store.Faults.AppendHeld;
        var rest = Enumerable.Range(0, 50).Select(i => partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None).AsTask()).ToList();
        var appends = bench.Store.Faults.Count("append");
        held.Dispose();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal(appends + 1, bench.Store.Faults.Count("append"));
    }

    [Fact]
    public async Task A_wait_ends_when_the_partition_is_closed()
    {
        var bench = new PartitionBench();
        var partition = await bench.OpenAsync();
        var waiting = partition.WaitAsync(Domain, mailbox, 0, TimeSpan.FromHours(1), CancellationToken.None).AsTask();

        await partition.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_payload_in_a_log_is_checked_when_it_is_read()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        var submission = Message("hello", mailbox);
        var id = (await partition.RecordAsync(Domain, submission, CancellationToken.None)).Id;
        var location = (await partition.FindAsync(Domain, id, CancellationToken.None))!.Location;

        var payloads = new PayloadStore(bench.Store);
        await using var stream = await payloads.OpenReadAsync(location, 1, 3, CancellationToken.None);
        var read = new byte[10];
        Assert.Equal(3, await stream.ReadAtLeastAsync(read, 10, throwOnEndOfStream: false));
        Assert.Equal(submission.Payload.Inline[1..4].ToArray(), read[..3]);

        bench.Store.FlipBit(location.Path, location.Offset + 3, 1);
        await Assert.ThrowsAsync<PayloadDamagedException>(() => payloads.OpenReadAsync(location, 0, 1, CancellationToken.None).AsTask());
    }

    private async Task RecordManyAsync(IPartition partition, int count)
    {
        for (var i = 0; i < count; i++)
            await partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None);
    }
}
