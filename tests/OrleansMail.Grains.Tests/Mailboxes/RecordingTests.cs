using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

public sealed class RecordingTests : IAsyncLifetime
{
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private MailCluster cluster = null!;
    private IMailboxesGrain grain = null!;
    private MessageSubmission submission = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await MailCluster.StartAsync();
        grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        submission = MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]);
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task What_is_recorded_is_listed_and_found()
    {
        var receipt = await grain.RecordAsync(submission, default);
        Assert.Equal(RecordOutcome.Recorded, receipt.Outcome);
        var page = (await grain.ListMessagesAsync(Bob, null, 0, 10, TimeSpan.Zero, default))!;
        Assert.Equal((receipt.Id, 1L), (page.Page.Items.Single().Id, page.Page.Items.Single().Sequence));
        Assert.Equal(receipt.Id, (await grain.FindMessageAsync(receipt.Id, default))!.Id);
        Assert.Equal(1, (await grain.GetMailboxAsync(Bob, default))!.Value.Usage.Messages);
        Assert.Empty((await grain.ListMessagesAsync(Bob, page.Mailbox.Incarnation, 1, 10, TimeSpan.Zero, default))!.Page.Items);
        Assert.Null(await grain.FindMessageAsync(receipt.Id with { Domain = 99 }, default));
    }

    [Fact]
    public async Task The_owner_is_asked_again_when_a_message_is_recorded()
    {
        await grain.PutMailboxAsync(Bob, new(Suspended: true), null, default);
        Assert.Equal(RecordOutcome.Suspended, (await grain.RecordAsync(submission, default)).Outcome);
        await grain.PutMailboxAsync(Bob, new(), null, default);
        await cluster.Tenant("t").PutAsync(new(null, true, new()), null, default);
        Assert.Equal(RecordOutcome.Suspended, (await grain.RecordAsync(submission, default)).Outcome);
        await cluster.Tenant("t").PutAsync(new(null, false, new()), null, default);
        await grain.DeleteMailboxAsync(Bob, null, default);
        Assert.Equal(RecordOutcome.Gone, (await grain.RecordAsync(submission, default)).Outcome);
        await cluster.Tenant("t").DeleteDomainAsync(DomainName.Parse("a.test"), null, default);
        Assert.Equal(RecordOutcome.Gone, (await grain.RecordAsync(submission, default)).Outcome);
        Assert.Empty(cluster.Partitions.Records);
    }

    [Fact]
    public async Task A_name_used_again_never_meets_its_predecessors_mail()
    {
        var receipt = await grain.RecordAsync(submission, default);
        var old = (await grain.GetMailboxAsync(Bob, default))!.Value.Mailbox.Incarnation;
        await grain.DeleteMailboxAsync(Bob, null, default);
        Assert.Null(await grain.FindMessageAsync(receipt.Id, default));
        await grain.PutMailboxAsync(Bob, new(), null, default);
        await AssertNothingOfThePredecessorAsync(receipt, old);

        await cluster.Tenant("t").DeleteDomainAsync(DomainName.Parse("a.test"), null, default);
        await cluster.DomainAsync("t", "a.test", null, "bob");
        await AssertNothingOfThePredecessorAsync(receipt, old);

        await cluster.Tenant("t").DeleteAsync(null, default);
        await cluster.DomainAsync("t", "a.test", null, "bob");
        await AssertNothingOfThePredecessorAsync(receipt, old);
    }

    [Fact]
    public async Task A_payload_reaches_the_partition_of_its_silo_without_being_copied()
    {
        await grain.RecordAsync(submission, default); // opens the partition
        var local = MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]);
        var caller = cluster.Silo.GetRequiredService<IGrainFactory>();
        await caller.GetGrain<IMailboxesGrain>("t/a.test").RecordAsync(local, default);
        Assert.Same(local, cluster.Partitions.Records.Last().Submission);
        var key = new DomainKey(default, default, 1);
        await caller.GetGrain<IPartitionGrain>("default/0").RecordAsync(key, local, default);
        Assert.Same(local, cluster.Partitions.Records.Last().Submission);
    }

    [Fact]
    public async Task Recipients_are_answered_while_a_commit_is_awaited()
    {
        var commit = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        cluster.Partitions.Commit = _ =>
        {
            begun.SetResult();
            return commit.Task;
        };
        var recording = grain.RecordAsync(submission, default).AsTask();
        await begun.Task;
        Assert.Equal("bob@a.test", await grain.AnswerAsync("bob"));
        Assert.Empty((await grain.ListMessagesAsync(Bob, null, 0, 10, TimeSpan.Zero, default))!.Page.Items);
        Assert.False(recording.IsCompleted);
        commit.SetResult();
        Assert.Equal(RecordOutcome.Recorded, (await recording).Outcome);
    }

    [Fact]
    public async Task A_submission_that_breaks_a_rule_is_recorded_nowhere()
    {
        MessageSubmission[] broken =
        [
            submission with { Mailboxes = [] },
            submission with { Mailboxes = [submission.Mailboxes[0], submission.Mailboxes[0]] },
            submission with { Payload = submission.Payload with { Size = 1 } },
            submission with { Payload = submission.Payload with { Sha256 = default } },
            submission with { Payload = submission.Payload with { Inline = new byte[Payload.MaxInline + 1], Size = Payload.MaxInline + 1 } },
            submission with { Headers = [new(HeaderName.Subject, new byte[HeaderField.MaxValue + 1])] },
        ];
        foreach (var one in broken)
            await Assert.ThrowsAsync<ArgumentException>(() => grain.RecordAsync(one, default).AsTask());
        Assert.Empty(cluster.Partitions.Records);
    }

    private async Task AssertNothingOfThePredecessorAsync(RecordReceipt receipt, Contracts.Incarnation old)
    {
        Assert.Null(await grain.FindMessageAsync(receipt.Id, default));
        Assert.Empty((await grain.ListMessagesAsync(Bob, null, 0, 10, TimeSpan.Zero, default))!.Page.Items);
        Assert.Null(await grain.ListMessagesAsync(Bob, old, 0, 10, TimeSpan.Zero, default));
        Assert.Equal(0, (await grain.GetMailboxAsync(Bob, default))!.Value.Usage.Messages);
        Assert.Equal(RecordOutcome.Gone, (await grain.RecordAsync(submission, default)).Outcome);
    }
}
