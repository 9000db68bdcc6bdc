using OrleansMail.Contracts.Messages;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class RecordingTests
{
    [Fact]
    public async Task A_recorded_message_is_listed_and_found_with_everything_that_was_submitted()
    {
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        var (first, second) = (NewIncarnation(), NewIncarnation());
        var submission = Message("hello", first, second);

        var receipt = await partition.RecordAsync(Domain, submission, CancellationToken.None);

        Assert.Equal(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, Domain.Number, 0)), receipt);
        var listed = Assert.Single(await ListAllAsync(partition, second));
        Assert.Equal(new MessageId(submission.Id, Domain.Number, 1), listed.Id);
        await AssertSameAsync(bench.Store, submission, listed, place: 1);
        await AssertSameAsync(bench.Store, submission, (await partition.FindAsync(Domain, receipt.Id, CancellationToken.None))!, place: 0);
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_after_a_crash()
    {
        var bench = new PartitionBench();
        var mailbox = NewIncarnation();
        var partition = await bench.OpenAsync();
        var submissions = new List<MessageSubmission>();
        for (var i = 0; i < 250; i++)
        {
            submissions.Add(Message($"message {i}", mailbox));
            await partition.RecordAsync(Domain, submissions[i], CancellationToken.None);
            if (i == 100)
            {
                await partition.DisposeAsync();
                partition = await bench.OpenAsync();
            }
        }

        var found = bench.Store.Crash();
        await using var reopened = await bench.OpenAsync(found);
        var all = await ListAllAsync(reopened, mailbox);
        Assert.Equal(submissions.Select(s => s.Id), all.Select(m => m.Id.Record));
        Assert.Equal(Enumerable.Range(1, 250).Select(i => (long)i), all.Select(m => m.Sequence));
        for (var i = 0; i < all.Count; i++)
            await AssertSameAsync(found, submissions[i], all[i], place: 0);
        var usage = await reopened.GetUsageAsync(Domain, mailbox, CancellationToken.None);
        Assert.Equal((250, submissions.Sum(s => s.Payload.Size)), (usage.Messages, usage.Bytes));
        Assert.Equal(submissions[^1].ReceivedAt, usage.LastMessageAt);
    }

    private static async Task AssertSameAsync(IObjectStore store, MessageSubmission submission, StoredMessage stored, int place)
    {
        Assert.Equal(submission.ReceivedAt, stored.ReceivedAt);
        Assert.Equal(submission.ReversePath, stored.ReversePath);
        Assert.Equal(submission.Mailboxes[place].Incarnation, stored.Mailbox.Incarnation);
        Assert.Equal(submission.Mailboxes[place].Recipients, stored.Mailbox.Recipients);
        Assert.Equal(submission.Session, stored.Session);
        Assert.Equal(submission.Headers.Select(h => (h.Name, Convert.ToHexString(h.Value.Span))), stored.Headers.Select(h => (h.Name, Convert.ToHexString(h.Value.Span))));
        Assert.Equal((submission.Payload.Size, submission.Payload.TraceLength), (stored.Size, stored.TraceLength));
        Assert.Equal(submission.Payload.Sha256.ToArray(), stored.Sha256.ToArray());
        Assert.Equal(submission.Payload.ContentSha256.ToArray(), stored.ContentSha256.ToArray());
        Assert.Equal(submission.Payload.Inline.ToArray(), await ReadRawAsync(store, stored));
    }
}
