using OrleansMail.Contracts.Tenants;
using OrleansMail.Contracts;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>Legal holds over a real store, in which nobody walks: what is in force is so because of the change alone.</summary>
public sealed class StoredHoldTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-hold-");
    private FileSystemObjectStore store = null!;
    private StoreCluster cluster = null!;

    private ITenantGrain Tenant => cluster.Grains.GetTenant(TenantId.Parse("t"));

    public async ValueTask InitializeAsync()
    {
        store = FileSystemObjectStore.Open(folder.FullName);
        cluster = await StoreCluster.StartAsync(store);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_deleted_after_a_hold_was_answered_stays_in_the_store(bool hold)
    {
        var grain = await cluster.Grains.SetUpDomainAsync("t", "a.test", null, "bob");
        var bob = (await grain.ResolveAsync("bob")).Targets[0];
        var id = (await grain.RecordAsync(MailCluster.Submission(bob), default)).Id;

        await Tenant.PutAsync(new(null, false, new(), new(LegalHold: hold)), null, default);
        await grain.DeleteMessageAsync(id, default);
        await cluster.Owned(cluster.Silos[0])!.FlushAsync(default);

        Assert.Empty(await grain.ListAllAsync("bob"));
        Assert.Equal(hold, Stored().Any());
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    // Beside the logs, which lose what was deleted within Storage:DeleteWithin.
    private IEnumerable<string> Stored() => Directory.EnumerateFiles(Path.Combine(folder.FullName, "t"), "*", SearchOption.AllDirectories)
        .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf("Subject: hello\r\n\r\nHi."u8) >= 0);
}
