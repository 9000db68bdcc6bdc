using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>Grains, grain storage and partitions over a folder.</summary>
public sealed class FolderTests : IDisposable
{
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-grains-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_restart_on_the_same_folder_keeps_everything()
    {
        var ids = new List<MessageId>();
        Versioned<Domain> domain = null!;
        Versioned<MailboxStatus> mailbox = null!;
        await OverFolderAsync(async cluster =>
        {
            var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", new(CatchAll: "bob"), "bob", "ann");
            await grain.PutAliasAsync("all", ["bob@a.test", "ann@a.test"], null, default);
            var bob = (await grain.ResolveAsync("bob")).Targets[0];
            for (var i = 0; i < 3; i++)
                ids.Add((await grain.RecordAsync(MailCluster.Submission(bob), default)).Id);
            await grain.MarkSeenAsync([.. ids.Select(i => i.Record)]);
            domain = (await cluster.Grains.GetTenant(TenantId.Parse("t")).GetDomainAsync(DomainName.Parse("a.test"), default))!;
            mailbox = (await grain.GetMailboxAsync(Bob, default))!;
        });

        await OverFolderAsync(async cluster =>
        {
            var grain = cluster.Mailboxes("t", "a.test");
            Assert.Equal("bob@a.test", await grain.AnswerAsync("nobody"));
            Assert.Equal("ann@a.test bob@a.test", await grain.AnswerAsync("all"));
            Assert.Equal(domain, await cluster.Grains.GetTenant(TenantId.Parse("t")).GetDomainAsync(DomainName.Parse("a.test"), default));
            Assert.Equal(mailbox, await grain.GetMailboxAsync(Bob, default));
            Assert.Equal(3, mailbox.Value.Usage.Messages);
            Assert.Equal(ids, (await grain.ListAllAsync("bob")).Select(m => m.Id));
            Assert.Equal(2, (await grain.FindMessageAsync(ids[1], default))!.Sequence);
            Assert.Equal(ChangeStatus.VersionMismatch, (await grain.PutMailboxAsync(Bob, new(), "\"another\"", default)).Status);
            await grain.RecordAsync(MailCluster.Submission((await grain.ResolveAsync("bob")).Targets[0]), default);
            Assert.Equal([1L, 2, 3, 4], (await grain.ListAllAsync("bob")).Select(m => m.Sequence));
        });
    }

    [Fact]
    public async Task Mailboxes_on_several_pages_are_all_there_after_a_restart()
    {
        var names = Enumerable.Range(0, 200).Select(i => $"m{i:000}").ToArray();
        await OverFolderAsync(cluster => cluster.Grains.SetUpDomainAsync("t", "a.test", null, names));

        Assert.Contains(
            Directory.GetDirectories(Path.Combine(folder.FullName, "state"), "mailboxes-*"),
            d => Guid.TryParseExact(Path.GetFileName(d)["mailboxes-".Length..], "n", out _));
        await OverFolderAsync(async cluster =>
        {
            var page = (await cluster.Mailboxes("t", "a.test").ListMailboxesAsync(null, 1000, default))!;
            Assert.Equal(names, page.Items.Select(i => i.Mailbox.LocalPart.Value));
        });
    }

    [Fact]
    public async Task Callers_of_a_partition_that_was_closed_are_told_that_the_store_is_unavailable()
    {
        var store = FileSystemObjectStore.Open(folder.FullName);
        await using var cluster = await StoreCluster.StartAsync(store);
        var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob");
        var bob = (await grain.ResolveAsync("bob")).Targets[0];
        var id = (await grain.RecordAsync(MailCluster.Submission(bob), default)).Id;
        await cluster.Owned(cluster.Silos[0])!.DisposeAsync();
        await AssertUnavailableAsync(grain, bob, id);

        // The folder too, as at the end of a process.
        await store.DisposeAsync();
        await AssertUnavailableAsync(grain, bob, id);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.PutMailboxAsync(Bob, new(RetentionDays: 1), null, default).AsTask());
    }

    private static async Task AssertUnavailableAsync(IMailboxesGrain grain, ResolvedMailbox bob, MessageId id)
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.RecordAsync(MailCluster.Submission(bob), default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.ListAllAsync("bob"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.FindMessageAsync(id, default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grain.GetMailboxAsync(Bob, default).AsTask());
        await grain.MarkSeenAsync([id.Record]);
    }

    private async Task OverFolderAsync(Func<StoreCluster, Task> use)
    {
        await using var store = FileSystemObjectStore.Open(folder.FullName);
        await using var cluster = await StoreCluster.StartAsync(store);
        await use(cluster);
    }
}
