using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Storage.Stores;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>Stores of single tenants in a real Azurite; the shared one is in memory.</summary>
public sealed class StoreRegistryTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private readonly MemoryObjectStore shared = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly Incarnation tenant = new(Ulid.NewUlid());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => shared.DisposeAsync();

    private StoreRegistry NewRegistry() => new(shared, new StoreRegistryOptions(), time);

    [Fact]
    public async Task A_tenants_store_is_opened_once_for_all_who_ask()
    {
        var registry = NewRegistry();
        await registry.SetAsync(tenant, SettingsOf(await ContainerAsync()), Cancel);

        var stores = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => registry.GetAsync(NameOf(tenant), Cancel).AsTask()));

        Assert.Single(stores.Distinct());
        await stores[0].WriteValueAsync("a", new byte[] { 1 }, null, Cancel);
        Assert.Equal([1], (await stores[0].ReadValueAsync("a", Cancel))!.Value.ToArray());
        Assert.Same(shared, await registry.GetAsync(MailPlace.SharedStore, Cancel));
    }

    [Fact]
    public async Task A_container_belongs_to_one_tenant_and_never_to_the_shared_store()
    {
        var registry = NewRegistry();
        var container = await ContainerAsync();
        await registry.SetAsync(tenant, SettingsOf(container), Cancel);
        await registry.GetAsync(NameOf(tenant), Cancel);

        var other = new Incarnation(Ulid.NewUlid());
        await registry.SetAsync(other, SettingsOf(container), Cancel);
        var third = new Incarnation(Ulid.NewUlid());
        var sharedContainer = await ContainerAsync();
        await sharedContainer.UploadBlobAsync("manifest", BinaryData.FromString("""{"format":1,"partitions":8,"generation":1}"""), Cancel);
        await registry.SetAsync(third, SettingsOf(sharedContainer), Cancel);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(other), Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(third), Cancel));
        await registry.GetAsync(NameOf(tenant), Cancel);
    }

    [Fact]
    public async Task A_store_that_can_not_be_opened_says_so_without_its_signature_and_opens_when_it_is_renewed()
    {
        var registry = NewRegistry();
        var container = await ContainerAsync();
        var expired = SettingsOf(container) with { Sas = SasOf(container, DateTimeOffset.UtcNow.AddHours(-1)) };
        await registry.SetAsync(tenant, expired, Cancel);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(tenant), Cancel));
        Assert.DoesNotContain(expired.Sas.Split("sig=")[1].Split('&')[0], failure.ToString(), StringComparison.Ordinal);
        await registry.SetAsync(tenant, SettingsOf(container), Cancel);

        await registry.GetAsync(NameOf(tenant), Cancel);
    }

    [Fact]
    public async Task A_container_that_was_deleted_or_never_was_makes_the_store_unavailable()
    {
        var registry = NewRegistry();
        var container = await ContainerAsync();
        await registry.SetAsync(tenant, SettingsOf(container), Cancel);
        var store = await registry.GetAsync(NameOf(tenant), Cancel);
        var missing = new Incarnation(Ulid.NewUlid());
        await registry.SetAsync(missing, SettingsOf(container) with { Container = "never-was" }, Cancel);

        await container.DeleteAsync(cancellationToken: Cancel);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ReadValueAsync("a", Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(missing), Cancel));
    }

    [Fact]
    public async Task A_store_that_is_open_takes_a_signature_that_another_silo_was_told_after_one_refusal()
    {
        var (here, there) = (NewRegistry(), NewRegistry());
        var container = await ContainerAsync();
        await container.SetAccessPolicyAsync(permissions: [Policy("now")], cancellationToken: Cancel);
        await here.SetAsync(tenant, SettingsOf(container) with { Sas = SasOf(container, "now") }, Cancel);
        var store = await here.GetAsync(NameOf(tenant), Cancel);
        await container.SetAccessPolicyAsync(permissions: [Policy("next")], cancellationToken: Cancel); // the first is revoked

        await there.SetAsync(tenant, SettingsOf(container) with { Sas = SasOf(container, "next") }, Cancel);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ReadValueAsync("a", Cancel));
        Assert.Null(await store.ReadValueAsync("a", Cancel));
    }

    [Fact]
    public async Task A_change_without_a_signature_keeps_the_one_there_is()
    {
        var registry = NewRegistry();
        var settings = SettingsOf(await ContainerAsync());
        await registry.SetAsync(tenant, settings, Cancel);

        await registry.SetAsync(tenant, settings with { Sas = null }, Cancel);

        await registry.GetAsync(NameOf(tenant), Cancel);
    }

    [Fact]
    public async Task A_failure_answers_for_five_seconds_and_is_not_asked_for_again_meanwhile()
    {
        var registry = NewRegistry();
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(tenant), Cancel));
        var reads = shared.Faults.Count("read");
        Assert.Equal(1, reads);

        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await registry.GetAsync(NameOf(tenant), Cancel));
        Assert.Equal(2, shared.Faults.Count("read"));
    }

    [Fact]
    public async Task The_store_unused_for_longest_is_closed_for_one_too_many()
    {
        var registry = new StoreRegistry(shared, new StoreRegistryOptions { MaxOpen = 2 }, time);
        var tenants = Enumerable.Range(0, 3).Select(_ => new Incarnation(Ulid.NewUlid())).ToList();
        var stores = new List<IObjectStore>();
        foreach (var one in tenants)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await registry.SetAsync(one, SettingsOf(await ContainerAsync()), Cancel);
            stores.Add(await registry.GetAsync(NameOf(one), Cancel));
        }

        Assert.Same(stores[1], await registry.GetAsync(NameOf(tenants[1]), Cancel));
        Assert.NotSame(stores[0], await registry.GetAsync(NameOf(tenants[0]), Cancel));
    }

    private static string NameOf(Incarnation tenant) => new MailPlace(HasOwnStore: true, IsSealed: false).StoreOf(tenant);

    private static BlobSignedIdentifier Policy(string id) =>
        new() { Id = id, AccessPolicy = new BlobAccessPolicy { Permissions = "racwdl", PolicyExpiresOn = DateTimeOffset.UtcNow.AddHours(1) } };

    private static string SasOf(BlobContainerClient container, string policy) =>
        container.GenerateSasUri(new BlobSasBuilder { BlobContainerName = container.Name, Resource = "c", Identifier = policy }).Query[1..];

    private static string SasOf(BlobContainerClient container, DateTimeOffset until) =>
        container.GenerateSasUri(BlobContainerSasPermissions.All, until).Query[1..];

    private static TenantStoreSettings SettingsOf(BlobContainerClient container)
    {
        var account = new BlobUriBuilder(container.Uri) { BlobContainerName = "" }.ToUri().ToString().TrimEnd('/');
        return new(account, container.Name) { Sas = SasOf(container, DateTimeOffset.UtcNow.AddHours(1)) };
    }

    private async Task<BlobContainerClient> ContainerAsync()
    {
        var container = new BlobContainerClient(await azurite.ConnectAsync(), $"own-{Guid.NewGuid():n}");
        await container.CreateAsync(cancellationToken: Cancel);
        return container;
    }
}
