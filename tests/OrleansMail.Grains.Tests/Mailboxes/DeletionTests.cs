using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

public sealed class DeletionTests : IAsyncLifetime
{
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task A_deleted_message_is_gone_and_deleting_it_again_succeeds()
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        var id = await DeliverAsync(grain);
        var other = await cluster.DomainAsync("t", "b.test", null, "bob");
        await other.DeleteMessageAsync(id, default);
        Assert.NotNull(await grain.FindMessageAsync(id, default));

        await grain.DeleteMessageAsync(id, default);
        Assert.Null(await grain.FindMessageAsync(id, default));
        Assert.Empty(await grain.ListAllAsync("bob"));
        await grain.DeleteMessageAsync(id, default);
    }

    [Fact]
    public async Task A_deletion_that_the_store_refused_is_not_acknowledged()
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        var id = await DeliverAsync(grain);
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.DeleteMessageAsync(id, default).AsTask());
        cluster.Partitions.Failure = null;
        Assert.NotNull(await grain.FindMessageAsync(id, default));
    }

    [Fact]
    public async Task The_messages_of_a_deleted_mailbox_are_forgotten_and_a_new_one_begins_empty()
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob");
        var before = await IncarnationAsync(grain);
        await DeliverAsync(grain);
        Assert.Equal(ChangeStatus.Deleted, await grain.DeleteMailboxAsync(Bob, null, default));
        Assert.Equal([before], cluster.Partitions.Forgotten.Select(f => f.Mailbox));

        await grain.PutMailboxAsync(Bob, new(), null, default);
        Assert.NotEqual(before, await IncarnationAsync(grain));
        Assert.Empty(await grain.ListAllAsync("bob"));
    }

    [Theory, InlineData("delete"), InlineData("create"), InlineData("maintain")]
    public async Task The_deletion_of_a_mailbox_that_breaks_off_is_hidden_at_once_and_finished_by_the_next_try(string next)
    {
        var grain = await cluster.DomainAsync("t", "a.test", null, "bob", "eve");
        var before = await IncarnationAsync(grain);
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.DeleteMailboxAsync(Bob, null, default).AsTask());
        cluster.Partitions.Failure = null;
        Assert.Null(await grain.GetMailboxAsync(Bob, default));
        Assert.Equal("MailboxUnknown", await grain.AnswerAsync("bob"));
        Assert.Equal(["eve"], (await grain.ListMailboxesAsync(null, 10, default))!.Items.Select(m => m.Mailbox.LocalPart.Value));
        Assert.Empty(cluster.Partitions.Forgotten);

        if (next == "delete")
            Assert.Equal(ChangeStatus.Deleted, await grain.DeleteMailboxAsync(Bob, null, default));
        else if (next == "create")
            Assert.Equal(ChangeStatus.Created, (await grain.PutMailboxAsync(Bob, new(), null, default)).Status);
        else
            await grain.MaintainAsync(default);
        Assert.Equal([before], cluster.Partitions.Forgotten.Select(f => f.Mailbox));
        Assert.Equal(next == "create" ? 2 : 1, await grain.CountMailboxesAsync(default));
    }

    [Fact]
    public async Task A_deleted_domain_is_forgotten_whole_also_when_that_fails_at_first()
    {
        await cluster.DomainAsync("t", "a.test", null, "bob");
        var name = DomainName.Parse("a.test");
        var key = (await cluster.Tenant("t").GetDomainAsync(name, default))!.Value.Key;
        cluster.Partitions.Failure = () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("t").DeleteDomainAsync(name, null, default).AsTask());
        cluster.Partitions.Failure = null;
        Assert.Null(await cluster.Tenant("t").GetDomainAsync(name, default));
        Assert.Equal(ChangeStatus.Deleted, await cluster.Tenant("t").DeleteDomainAsync(name, null, default));
        Assert.Equal([(key, null)], cluster.Partitions.Forgotten);
        Assert.Null(await cluster.Grains.GetDomain(name).GetOwnerAsync(default));
    }

    [Fact]
    public async Task Maintenance_gets_the_days_of_the_domain_and_of_the_mailboxes_that_have_their_own()
    {
        var grain = await cluster.DomainAsync("t", "a.test", new(RetentionDays: 30, LegalHold: true), "bob", "eve");
        await grain.PutMailboxAsync(Bob, new(RetentionDays: 7), null, default);
        await grain.MaintainAsync(default);
        var (_, policy) = cluster.Partitions.Maintained[^1];
        Assert.Equal((30, true), (policy.Days, policy.Hold));
        Assert.Equal([(await IncarnationAsync(grain), 7)], policy.Mailboxes.Select(m => (m.Key, m.Value!.Value)));
    }

    private static async Task<Incarnation> IncarnationAsync(IMailboxesGrain grain) =>
        (await grain.GetMailboxAsync(Bob, default))!.Value.Mailbox.Incarnation;

    private static async Task<MessageId> DeliverAsync(IMailboxesGrain grain) =>
        (await grain.RecordAsync(MailCluster.Submission([.. (await grain.ResolveAsync("bob")).Targets]), default)).Id;
}
