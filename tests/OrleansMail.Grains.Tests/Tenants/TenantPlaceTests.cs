using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tests.Tenants;

/// <summary>Where and how a tenant's mail is kept, as it may be set.</summary>
public sealed class TenantPlaceTests : IAsyncLifetime
{
    private const string Account = "https://acme.blob.core.windows.net";
    private const string Sas = "sv=2024-01-01&sr=c&sp=racwdl&sig=c2VjcmV0%3D";
    private static readonly TenantSettings Shared = new(null, false, new());
    private static readonly TenantSettings Own = Shared with { Store = new(Account, "mail") { Sas = Sas } };
    private static readonly TenantSettings Encrypted = Shared with { Encryption = new("file:acme") };

    private readonly FakePlaces places = new();
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await MailCluster.StartAsync(configure: services =>
    {
        services.AddSingleton<ITenantKeys>(places);
        services.AddSingleton<ITenantStores>(places);
    });

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_signature_is_handed_to_the_store_and_never_comes_back()
    {
        var put = await cluster.Tenant("t").PutAsync(Own, null, default);
        var store = put.Value!.Value.Settings.Store!;

        Assert.Equal((null, true), (store.Sas, store.HasSas));
        Assert.Equal(Sas, places.Stores[put.Value.Value.Incarnation]!.Sas);
        Assert.DoesNotContain("sig", Own.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.State.Values, value => value.Contains("sig=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_domain_only_the_signature_may_change()
    {
        var tenant = cluster.Tenant("t");
        await tenant.PutAsync(Own, null, default);
        await cluster.DomainAsync("t", "own.test");

        await AssertRefusedAsync(tenant, Shared, "store");
        await AssertRefusedAsync(tenant, Shared with { Store = Own.Store! with { Container = "other" } }, "store");
        await AssertRefusedAsync(tenant, Own with { Encryption = new("file:acme") }, "encryption");
        var renewed = await tenant.PutAsync(Shared with { Store = Own.Store! with { Sas = Sas + "2" } }, null, default);
        var kept = await tenant.PutAsync(Shared with { Store = Own.Store! with { Sas = null } }, null, default);

        Assert.Equal((ChangeStatus.Updated, ChangeStatus.Updated), (renewed.Status, kept.Status));
        Assert.True(kept.Value!.Value.Settings.Store!.HasSas);
        Assert.Equal(Sas + "2", places.Stores[kept.Value.Value.Incarnation]!.Sas);
    }

    [Fact]
    public async Task A_tenant_that_had_a_domain_keeps_its_place_when_the_domain_is_gone()
    {
        await cluster.Tenant("t").PutAsync(Shared, null, default);
        await cluster.DomainAsync("t", "gone.test");
        await cluster.Tenant("t").DeleteDomainAsync(Contracts.Domains.DomainName.Parse("gone.test"), null, default);

        await AssertRefusedAsync(cluster.Tenant("t"), Own, "store");
        await AssertRefusedAsync(cluster.Tenant("t"), Encrypted, "encryption");
    }

    [Fact]
    public async Task A_store_and_a_key_may_be_set_before_the_first_domain()
    {
        await cluster.Tenant("t").PutAsync(Shared, null, default);

        var put = await cluster.Tenant("t").PutAsync(Own with { Encryption = new("file:acme") }, null, default);

        Assert.Equal(ChangeStatus.Updated, put.Status);
        Assert.Equal("file:acme", places.Keys[put.Value!.Value.Incarnation]);
    }

    [Fact]
    public async Task Mail_of_a_tenant_goes_to_its_own_store_and_only_sealed()
    {
        var put = await cluster.Tenant("t").PutAsync(Own with { Encryption = new("file:acme") }, null, default);
        var mailboxes = await cluster.DomainAsync("t", "own.test", null, "bob");
        var target = Assert.Single((await mailboxes.ResolveAsync("bob")).Targets);
        var other = await cluster.DomainAsync("u", "shared.test", null, "bob");

        await mailboxes.RecordAsync(MailCluster.Submission(target), default);
        await other.RecordAsync(MailCluster.Submission(Assert.Single((await other.ResolveAsync("bob")).Targets)), default);

        Assert.Equal(new MailPlace(HasOwnStore: true, IsSealed: true), target.Place);
        Assert.Equal([$"t-{put.Value!.Value.Incarnation}/0", "default/0"], cluster.Partitions.Opened.Select(p => p.Id.ToString()));
        Assert.Equal([true, false], cluster.Partitions.Records.Select(r => r.Submission.Sealed));
    }

    [Fact]
    public async Task A_deleted_tenants_key_is_shredded()
    {
        var put = await cluster.Tenant("t").PutAsync(Encrypted, null, default);
        Assert.Contains(put.Value!.Value.Incarnation, places.Keys.Keys);

        await cluster.Tenant("t").DeleteAsync(null, default);

        Assert.Empty(places.Keys);
    }

    [Fact]
    public async Task A_key_that_can_not_be_had_is_told_and_no_tenant_is_made()
    {
        places.Failure = new TenantKeyUnavailableException("The file of file:acme can't be read.");

        var put = await cluster.Tenant("t").PutAsync(Encrypted, null, default);

        Assert.Equal((ChangeStatus.Invalid, "encryption.key", "The file of file:acme can't be read."), (put.Status, put.Field, put.Problem));
        Assert.Null(await cluster.Tenant("t").GetAsync(default));
    }

    [Fact]
    public async Task Where_nothing_is_set_up_a_store_and_a_key_are_refused()
    {
        await using var bare = await MailCluster.StartAsync();

        await AssertRefusedAsync(bare.Tenant("t"), Own, "store");
        await AssertRefusedAsync(bare.Tenant("t"), Encrypted, "encryption.key");
    }

    [Fact]
    public async Task A_broken_store_of_a_tenant_is_nobody_elses_affair_nor_a_full_shared_one_its()
    {
        var local = cluster.Silo.GetRequiredService<LocalPartitions>();
        var name = new MailPlace(HasOwnStore: true, IsSealed: false).StoreOf(new Incarnation(Ulid.NewUlid()));
        Assert.False(local.HasOwnStores);
        local.Add(new FakePartition(new(name, 0), new FakeLog(), cluster.Partitions));
        cluster.Partitions.Health = PartitionHealth.Unavailable;

        Assert.True(local.HasOwnStores);
        Assert.Equal(StoreCondition.Healthy, await local.CheckAsync(MailPlace.SharedStore, 0, default));
        Assert.Equal(StoreCondition.Unavailable, await local.CheckAsync(name, 0, default));
        cluster.Partitions.Health = PartitionHealth.Healthy;
        cluster.Store.Room = false;
        Assert.Equal(StoreCondition.Healthy, await local.CheckAsync(name, 10_000_000, default));
        Assert.Equal(StoreCondition.Full, await local.CheckAsync(MailPlace.SharedStore, 10_000_000, default));
    }

    [Theory]
    [InlineData("http://acme.blob.core.windows.net", "mail", Sas, null, "store.account")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1", "mail", Sas, null, "store.account")]
    [InlineData("https://user@acme.blob.core.windows.net", "mail", Sas, null, "store.account")]
    [InlineData("https://acme.blob.core.windows.net/mail", "mail", Sas, null, "store.account")]
    [InlineData("https://acme.blob.core.windows.net#x", "mail", Sas, null, "store.account")]
    [InlineData("https://acme.blob.core.windows.net?sig=x", "mail", null, null, "store.account")]
    [InlineData("acme", "mail", Sas, null, "store.account")]
    [InlineData(Account, "ab", Sas, null, "store.container")]
    [InlineData(Account, "Mail", Sas, null, "store.container")]
    [InlineData(Account, "a--b", Sas, null, "store.container")]
    [InlineData(Account, "mail-", Sas, null, "store.container")]
    [InlineData(Account, "mail\n", Sas, null, "store.container")]
    [InlineData(Account, "mail", "?" + Sas, null, "store.sas")]
    [InlineData(Account, "mail", "sv=2024-01-01", null, "store.sas")]
    [InlineData(Account, "mail", "sig=a\r\nHost: evil", null, "store.sas")]
    [InlineData(Account, "mail", Sas, "a scope", "store.encryptionScope")]
    public async Task A_place_that_can_not_be_names_its_field_and_shows_no_signature(string account, string container, string? sas, string? scope, string field)
    {
        var put = await cluster.Tenant("t").PutAsync(Shared with { Store = new(account, container, scope) { Sas = sas } }, null, default);

        Assert.Equal((ChangeStatus.Invalid, field), (put.Status, put.Field));
        Assert.DoesNotContain("c2VjcmV0", put.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:../acme")]
    [InlineData("acme")]
    [InlineData("https://acme.vault.azure.net/keys/mail")]
    [InlineData("https://acme.vault.azure.net/keys/mail/1?x=y")]
    [InlineData("http://acme.vault.azure.net/keys/mail/1")]
    public async Task A_name_of_no_key_is_refused(string key) =>
        await AssertRefusedAsync(cluster.Tenant("t"), Shared with { Encryption = new(key) }, "encryption.key");

    private static async Task AssertRefusedAsync(ITenantGrain tenant, TenantSettings settings, string field)
    {
        var put = await tenant.PutAsync(settings, null, default);
        Assert.Equal((ChangeStatus.Invalid, field), (put.Status, put.Field));
    }

    private sealed class FakePlaces : ITenantKeys, ITenantStores
    {
        public Dictionary<Incarnation, string> Keys { get; } = [];

        public Dictionary<Incarnation, TenantStoreSettings?> Stores { get; } = [];

        public Exception? Failure { get; set; }

        public ValueTask CreateAsync(Incarnation tenant, string keyEncryptionKey, CancellationToken cancellationToken)
        {
            if (Failure is not null)
                throw Failure;
            Keys.Add(tenant, keyEncryptionKey);
            return default;
        }

        public ValueTask ShredAsync(Incarnation tenant, CancellationToken cancellationToken)
        {
            Keys.Remove(tenant);
            return default;
        }

        public ValueTask SetAsync(Incarnation tenant, TenantStoreSettings? settings, CancellationToken cancellationToken)
        {
            Stores[tenant] = settings;
            return default;
        }
    }
}
