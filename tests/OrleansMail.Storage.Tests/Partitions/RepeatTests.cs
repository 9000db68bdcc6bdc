using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class RepeatTests
{
    private readonly PartitionBench bench = new();
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task A_retry_after_a_reply_that_never_arrived_is_answered_with_the_first_id_and_stored_once()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));

        var retry = await RecordAsync(partition, Message("hello", mailbox));

        Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, first.Id), retry);
        Assert.Single(await ListAllAsync(partition, mailbox));
    }

    [Fact]
    public async Task A_repeat_whose_own_reply_is_lost_again_is_still_recognised()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));
        await RecordAsync(partition, Message("hello", mailbox));

        Assert.Equal(first.Id, (await RecordAsync(partition, Message("hello", mailbox))).Id);
    }

    [Fact]
    public async Task A_message_sent_twice_on_purpose_is_two_messages_once_the_first_reply_was_seen()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));
        partition.MarkSeen([first.Id.Record]);

        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, Message("hello", mailbox))).Outcome);
        Assert.Equal(2, (await ListAllAsync(partition, mailbox)).Count);
    }

    [Fact]
    public async Task A_mark_that_comes_with_the_message_itself_counts_before_repeats_are_recognised()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));

        var second = await RecordAsync(partition, Message("hello", mailbox) with { Seen = [first.Id.Record] });

        Assert.Equal(RecordOutcome.Recorded, second.Outcome);
        Assert.Equal(second.Id, (await RecordAsync(partition, Message("hello", mailbox))).Id);
    }

    [Fact]
    public async Task A_message_sent_twice_in_one_living_session_is_two_messages()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));

        var second = await RecordAsync(partition, Message("hello", mailbox) with { SessionRecords = [first.Id.Record] });

        Assert.Equal(RecordOutcome.Recorded, second.Outcome);
    }

    [Fact]
    public async Task Two_equal_records_without_a_seen_reply_answer_two_retries_and_do_not_hide_a_third_sent_on_purpose()
    {
        await using var partition = await bench.OpenAsync();
        var first = await RecordAsync(partition, Message("hello", mailbox));
        var second = await RecordAsync(partition, Message("hello", mailbox) with { SessionRecords = [first.Id.Record] });

        var retries = new[] { await RecordAsync(partition, Message("hello", mailbox)), await RecordAsync(partition, Message("hello", mailbox)) };
        partition.MarkSeen([.. retries.Select(r => r.Id.Record)]);
        var third = await RecordAsync(partition, Message("hello", mailbox));

        Assert.Equal([first.Id, second.Id], retries.Select(r => r.Id).Order(Comparer<MessageId>.Create((a, b) => a == first.Id ? -1 : 1)));
        Assert.All(retries, r => Assert.Equal(RecordOutcome.Repeated, r.Outcome));
        Assert.Equal(RecordOutcome.Recorded, third.Outcome);
    }

    [Fact]
    public async Task Another_sender_recipient_message_id_or_content_is_no_repeat()
    {
        await using var partition = await bench.OpenAsync();
        var message = Message("hello", mailbox);
        await RecordAsync(partition, message);
        MessageSubmission[] others =
        [
            Message("hello", mailbox) with { ReversePath = "other@client.test" },
            Message("hello", mailbox) with { Mailboxes = [Mailbox(mailbox, "USER0@demo.test")] },
            Message("hello", mailbox) with { Headers = [new(HeaderName.MessageId, "<2@test>"u8.ToArray())] },
            Message("hello", NewIncarnation()),
            Message("hello, world", mailbox),
        ];

        foreach (var other in others)
            Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, other)).Outcome);
    }

    [Fact]
    public async Task Only_the_mailboxes_that_lack_the_message_record_it()
    {
        await using var partition = await bench.OpenAsync();
        var (a, b) = (Mailbox(mailbox, "a@demo.test", "b@demo.test"), Mailbox(NewIncarnation(), "c@demo.test"));
        var first = await RecordAsync(partition, Message("hello", [a]));

        var retry = await RecordAsync(partition, Message("hello", [a, b]));

        Assert.Equal(RecordOutcome.Recorded, retry.Outcome);
        Assert.Equal(first.Id, Assert.Single(await ListAllAsync(partition, mailbox)).Id);
        Assert.Equal(retry.Id, Assert.Single(await ListAllAsync(partition, b.Incarnation)).Id);
        partition.MarkSeen([retry.Id.Record]);
        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, Message("hello", [a]))).Outcome);
    }

    [Fact]
    public async Task A_mailbox_of_which_one_recipient_is_new_records_the_message()
    {
        await using var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("hello", [Mailbox(mailbox, "a@demo.test")]));

        var retry = await RecordAsync(partition, Message("hello", [Mailbox(mailbox, "a@demo.test", "b@demo.test")]));

        Assert.Equal(RecordOutcome.Recorded, retry.Outcome);
        Assert.Equal(2, (await ListAllAsync(partition, mailbox)).Count);
    }

    [Fact]
    public async Task A_repeat_of_a_record_in_flight_is_answered_by_its_commit()
    {
        await using var partition = await bench.OpenAsync();
        Task<RecordReceipt> first, retry, blocker;
        using (bench.Store.Faults.HoldAppends())
        {
            blocker = RecordAsync(partition, Message("blocker", mailbox)).AsTask();
            await bench.Store.Faults.AppendHeld;
            first = RecordAsync(partition, Message("hello", mailbox)).AsTask();
            retry = RecordAsync(partition, Message("hello", mailbox)).AsTask();
            Assert.False(retry.IsCompleted);
        }

        await blocker;
        Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, (await first).Id), await retry);
        Assert.Equal(2, (await ListAllAsync(partition, mailbox)).Count);
    }

    [Fact]
    public async Task A_call_made_again_with_the_same_id_gets_the_same_receipt_also_in_flight_and_after_a_restart()
    {
        var submission = Message("hello", mailbox);
        Task<RecordReceipt> first, again;
        var partition = await bench.OpenAsync();
        using (bench.Store.Faults.HoldAppends())
        {
            first = RecordAsync(partition, submission).AsTask();
            await bench.Store.Faults.AppendHeld;
            again = RecordAsync(partition, submission).AsTask();
        }

        Assert.Equal(await first, await again);
        partition.MarkSeen([submission.Id]);
        Assert.Equal(await first, await RecordAsync(partition, submission));
        await partition.DisposeAsync();
        await using var reopened = await bench.OpenAsync();
        Assert.Equal(await first, await RecordAsync(reopened, submission));
        Assert.Single(await ListAllAsync(reopened, mailbox));
    }

    [Fact]
    public async Task One_transaction_s_records_for_two_domains_are_two_records()
    {
        await using var partition = await bench.OpenAsync();
        var submission = Message("hello", mailbox);
        var other = Domain with { Domain = NewIncarnation(), Number = Domain.Number + 1 };

        await RecordAsync(partition, submission);
        var receipt = await partition.RecordAsync(other, submission with { Mailboxes = [Mailbox(NewIncarnation(), "user@other.test")] }, CancellationToken.None);

        Assert.Equal(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, other.Number, 0)), receipt);
        Assert.NotNull(await partition.FindAsync(other, receipt.Id, CancellationToken.None));
        Assert.Null(await partition.FindAsync(Domain, receipt.Id, CancellationToken.None));
    }

    [Fact]
    public async Task After_a_crash_records_without_a_seen_mark_answer_repeats_and_the_others_do_not()
    {
        var partition = await bench.OpenAsync();
        var seen = await RecordAsync(partition, Message("seen", mailbox));
        partition.MarkSeen([seen.Id.Record]);
        var unseen = await RecordAsync(partition, Message("unseen", mailbox));

        await using var reopened = await bench.OpenAsync(bench.Store.Crash());

        Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, unseen.Id), await RecordAsync(reopened, Message("unseen", mailbox)));
        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(reopened, Message("seen", mailbox))).Outcome);
    }

    [Fact]
    public async Task Marks_are_written_when_the_partition_is_closed()
    {
        var partition = await bench.OpenAsync();
        var receipt = await RecordAsync(partition, Message("hello", mailbox));
        partition.MarkSeen([receipt.Id.Record]);
        await partition.DisposeAsync();

        await using var reopened = await bench.OpenAsync();

        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(reopened, Message("hello", mailbox))).Outcome);
    }

    [Fact]
    public async Task A_record_older_than_the_window_answers_no_repeat()
    {
        await using var partition = await bench.OpenAsync();
        var old = Message("hello", mailbox);
        await RecordAsync(partition, old with { ReceivedAt = old.ReceivedAt - bench.Options.RepeatWindow - TimeSpan.FromMinutes(1) });

        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, Message("hello", mailbox))).Outcome);
    }

    [Fact]
    public async Task Of_more_open_records_than_are_held_the_oldest_are_forgotten()
    {
        bench.Options.MaxRepeatKeys = 10;
        await using var partition = await bench.OpenAsync();
        for (var i = 0; i < 20; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));

        Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, Message("message 0", mailbox))).Outcome);
        Assert.Equal(RecordOutcome.Repeated, (await RecordAsync(partition, Message("message 19", mailbox))).Outcome);
    }

    private static ValueTask<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None);
}
