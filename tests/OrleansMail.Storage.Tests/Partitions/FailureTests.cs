using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class FailureTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task An_append_that_was_written_though_its_answer_was_lost_counts_once()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        bench.Store.Faults.NextAppend(AppendFault.LostAnswer);

        await RecordAsync(partition, Message("hello", mailbox));

        Assert.Single(await ListAllAsync(partition, mailbox));
        Assert.False(partition.Fenced.IsCompleted);
        await using var reopened = await bench.OpenAsync();
        Assert.Single(await ListAllAsync(reopened, mailbox));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_fails_the_waiting_and_what_lands_late_is_recognised_as_a_repeat()
    {
        var bench = new PartitionBench { Time = time };
        await using var partition = await bench.OpenAsync();
        var held = bench.Store.Faults.HoldAppends();
        var first = RecordAsync(partition, Message("hello", mailbox));
        await bench.Store.Faults.AppendHeld;
        var waiting = RecordAsync(partition, Message("waiting", mailbox));

        await AdvanceUntilAsync(() => first.IsCompleted && waiting.IsCompleted);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => first);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        Assert.Equal(PartitionHealth.Unavailable, partition.Health);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(partition, Message("refused", mailbox)));
        Assert.Empty(await ListAllAsync(partition, mailbox));

        held.Dispose();
        await AdvanceUntilAsync(() => partition.Health == PartitionHealth.Healthy);
        Assert.Equal(RecordOutcome.Repeated, (await RecordAsync(partition, Message("hello", mailbox))).Outcome);
        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, Message("waiting", mailbox))).Outcome);
        Assert.Equal([1L, 2L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task A_store_that_comes_back_in_time_loses_nothing()
    {
        var bench = new PartitionBench { Time = time };
        await using var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("before", mailbox)); // the domain's head is in memory
        var appends = bench.Store.Faults.Count("append");
        bench.Store.Faults.Unavailable = true;
        var record = RecordAsync(partition, Message("hello", mailbox));
        await AdvanceUntilAsync(() => bench.Store.Faults.Count("append") > appends + 2);
        Assert.False(record.IsCompleted);

        bench.Store.Faults.Unavailable = false;
        await AdvanceUntilAsync(() => record.IsCompleted);

        Assert.Equal(RecordOutcome.Recorded, (await record).Outcome);
    }

    [Fact]
    public async Task A_full_store_refuses_until_there_is_room_and_what_it_refused_is_not_there()
    {
        var bench = new PartitionBench { Time = time };
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("before", mailbox));
        bench.Store.Faults.Full = true;

        await Assert.ThrowsAsync<StoreFullException>(() => RecordAsync(partition, Message("refused", mailbox)));
        Assert.Equal(PartitionHealth.Full, partition.Health);
        await Assert.ThrowsAsync<StoreFullException>(() => RecordAsync(partition, Message("refused too", mailbox)));

        bench.Store.Faults.Full = false;
        await AdvanceUntilAsync(() => partition.Health == PartitionHealth.Healthy);
        await RecordAsync(partition, Message("after", mailbox));
        await using var reopened = await bench.OpenAsync(bench.Store.Crash());
        Assert.Equal([1L, 2L], (await ListAllAsync(reopened, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task A_log_that_can_not_grow_into_a_new_one_takes_mail_beyond_its_length()
    {
        var bench = new PartitionBench { Options = { MaxLogBytes = 1 } };
        var partition = await bench.OpenAsync();

        for (var i = 0; i < 5; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));

        Assert.True(bench.Store.Paths.Count > 3);
        Assert.Equal(5, (await ListAllAsync(partition, mailbox)).Count);
        await using var reopened = await bench.OpenAsync(bench.Store.Crash());
        Assert.Equal(5, (await ListAllAsync(reopened, mailbox)).Count);
    }

    [Fact]
    public async Task A_poisoned_log_is_left_for_a_new_one_and_nothing_acknowledged_is_lost()
    {
        var bench = new PartitionBench();
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("before", mailbox));
        bench.Store.Faults.NextAppend(AppendFault.Poisoned);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(partition, Message("failed", mailbox)));
        await UntilAsync(() => partition.Health == PartitionHealth.Healthy);
        await RecordAsync(partition, Message("after", mailbox));

        await using var reopened = await bench.OpenAsync(bench.Store.Crash());
        Assert.Equal(["before", "after"], (await ListAllAsync(reopened, mailbox)).Select(Subject));
    }

    [Fact]
    public async Task A_log_that_is_poisoned_when_it_is_opened_is_left_too()
    {
        var bench = new PartitionBench();
        await using (var partition = await bench.OpenAsync())
            await RecordAsync(partition, Message("before", mailbox));
        bench.Store.Faults.NextAppend(AppendFault.Poisoned);

        var reopened = await bench.OpenAsync();
        await RecordAsync(reopened, Message("after", mailbox));

        await using var again = await bench.OpenAsync(bench.Store.Crash());
        Assert.Equal(["before", "after"], (await ListAllAsync(again, mailbox)).Select(Subject));
    }

    [Fact]
    public async Task A_cancelled_wait_does_not_undo_the_record()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var submission = Message("hello", mailbox);
        using (bench.Store.Faults.HoldAppends())
        {
            var record = partition.RecordAsync(Domain, submission, cancel.Token).AsTask();
            await bench.Store.Faults.AppendHeld;
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => record);
        }

        Assert.Equal(submission.Id, (await RecordAsync(partition, submission)).Id.Record);
        Assert.Single(await ListAllAsync(partition, mailbox));
    }

    internal static string Subject(StoredMessage message) =>
        System.Text.Encoding.UTF8.GetString(message.Headers[0].Value.Span).Trim();

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask();

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var steps = 0; !condition(); steps++)
        {
            Assert.True(steps < 10_000, "It did not come to pass.");
            await Task.Delay(1);
        }
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        for (var steps = 0; !condition(); steps++)
        {
            Assert.True(steps < 10_000, "It did not come to pass.");
            time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.Delay(1);
        }
    }
}
