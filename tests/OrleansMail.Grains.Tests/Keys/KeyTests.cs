using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Keys;

public sealed class KeyTests : IAsyncLifetime
{
    private const int ManyStrangers = 300;
    private static readonly TenantId Acme = TenantId.Parse("acme");
    private MailCluster cluster = null!;

    private ITenantKeysGrain Keys => cluster.Grains.GetTenantKeys(Acme);

    public async ValueTask InitializeAsync()
    {
        cluster = await MailCluster.StartAsync();
        await cluster.Tenant("acme").PutAsync(new(null, false, new()), null, default);
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_key_is_found_by_its_secret_and_says_whose_it_is_and_what_it_may_do()
    {
        var expiry = cluster.Time.GetUtcNow().AddDays(1);
        var (hash, key) = await CreateAsync(new("Billing", KeyScopes.MailSubmit | KeyScopes.MailRead, expiry));

        var found = await FindAsync(hash);

        Assert.Equal((Acme, key), (found!.Tenant, found.Key));
        Assert.Equal(("Billing", KeyScopes.MailSubmit | KeyScopes.MailRead, expiry), (key.Settings.Name, key.Settings.Scopes, key.Settings.ExpiresAt));
        Assert.Equal((await cluster.Tenant("acme").GetAsync(default))!.Value.Incarnation, found.Incarnation);
        Assert.Equal(key, (await Keys.GetAsync(key.Id, default))!.Value);
    }

    [Fact]
    public async Task A_key_that_was_deleted_has_ended_and_nothing_of_it_is_left()
    {
        var (hash, key) = await CreateAsync();
        var (other, _) = await CreateAsync();
        Assert.NotNull(await FindAsync(hash));
        Assert.Equal(ChangeStatus.VersionMismatch, await Keys.DeleteAsync(key.Id, "another", default));
        Assert.NotNull(await FindAsync(hash));

        Assert.Equal(ChangeStatus.Deleted, await Keys.DeleteAsync(key.Id, (await Keys.GetAsync(key.Id, default))!.Version, default));

        Assert.Null(await FindAsync(hash));
        Assert.Null(await Keys.GetAsync(key.Id, default));
        Assert.DoesNotContain(cluster.State.Paths, path => path.Contains(hash.Value, StringComparison.Ordinal));
        Assert.NotNull(await FindAsync(other));
        Assert.Equal(ChangeStatus.Deleted, await Keys.DeleteAsync(key.Id, null, default));
        Assert.Equal(ChangeStatus.VersionMismatch, await Keys.DeleteAsync(key.Id, "x", default));
    }

    [Fact]
    public async Task A_key_ends_at_its_expiry_and_stays_listed()
    {
        var (hash, key) = await CreateAsync(new("k", KeyScopes.MailRead, cluster.Time.GetUtcNow().AddHours(1)));
        cluster.Time.Shift = TimeSpan.FromMinutes(59);
        Assert.NotNull(await FindAsync(hash));

        cluster.Time.Shift = TimeSpan.FromMinutes(61);

        Assert.Null(await FindAsync(hash));
        Assert.Equal(key, Assert.Single((await Keys.ListAsync(null, 10, default))!.Items));
    }

    [Fact]
    public async Task A_deleted_tenants_keys_have_ended_and_do_not_come_back_with_its_name()
    {
        var (hash, _) = await CreateAsync();
        var issued = (await FindAsync(hash))!;
        await cluster.Tenant("acme").DeleteAsync(null, default);
        Assert.Null(await FindAsync(hash));
        Assert.Null(await Keys.ListAsync(null, 10, default));
        Assert.Equal(ChangeStatus.ParentNotFound, (await Keys.CreateAsync(NewHash(), new("k", KeyScopes.None, null), default)).Status);
        Assert.DoesNotContain(cluster.State.Paths, path => path.StartsWith("state/key", StringComparison.Ordinal));

        await cluster.Tenant("acme").PutAsync(new(null, false, new()), null, default);

        Assert.Null(await FindAsync(hash));
        Assert.Empty((await Keys.ListAsync(null, 10, default))!.Items);
        await cluster.Grains.GetApiKey(hash).IssueAsync(issued); // as if its end had been lost
        Assert.Null(await FindAsync(hash));
    }

    [Theory, InlineData("clear", "key"), InlineData("clear", "keys"), InlineData("clear", "tenant")]
    public async Task Keys_have_ended_when_a_tenants_deletion_breaks_off_and_are_gone_when_it_is_finished(string operation, string stateName)
    {
        var hashes = new List<ApiKeyHash>();
        for (var i = 0; i < 200; i++)
            hashes.Add((await CreateAsync()).Hash);
        cluster.State.Fails = (o, s) => o == operation && s == stateName;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cluster.Tenant("acme").DeleteAsync(null, default).AsTask());
        foreach (var hash in hashes)
            Assert.Null(await FindAsync(hash));

        cluster.State.Fails = (_, _) => false;
        await cluster.Tenant("acme").DeleteAsync(null, default);

        Assert.DoesNotContain(cluster.State.Paths, path => path.StartsWith("state/key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_creation_that_breaks_off_leaves_a_key_that_is_listed_not_in_force_and_can_be_deleted()
    {
        cluster.State.Fails = (operation, state) => operation == "write" && state == "key";
        var hash = NewHash();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Keys.CreateAsync(hash, new("k", KeyScopes.None, null), default).AsTask());
        cluster.State.Fails = (_, _) => false;
        Assert.Null(await FindAsync(hash));

        var listed = Assert.Single((await Keys.ListAsync(null, 10, default))!.Items);

        Assert.Equal(ChangeStatus.Deleted, await Keys.DeleteAsync(listed.Id, null, default));
        Assert.Empty((await Keys.ListAsync(null, 10, default))!.Items);
    }

    [Theory, InlineData("clear", "key", true), InlineData("write", "keys", false), InlineData("answer", "keys", false)]
    public async Task A_deletion_that_breaks_off_never_leaves_a_key_in_force_that_nobody_sees(string operation, string stateName, bool inForce)
    {
        var (hash, key) = await CreateAsync();
        cluster.State.Fails = (o, s) => o == operation && s == stateName;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Keys.DeleteAsync(key.Id, null, default).AsTask());
        cluster.State.Fails = (_, _) => false;

        Assert.Equal(inForce, await FindAsync(hash) is not null);
        Assert.Equal(operation != "answer", await Keys.GetAsync(key.Id, default) is not null); // what is stored, also where the answer was lost
        Assert.Equal(ChangeStatus.Deleted, await Keys.DeleteAsync(key.Id, null, default));
        Assert.Null(await FindAsync(hash));
        Assert.Null(await Keys.GetAsync(key.Id, default));
    }

    [Theory]
    [InlineData("", 60, "name")]
    [InlineData(" \u00a0", 60, "name")]
    [InlineData("a\u0007b", 60, "name")]
    [InlineData("a\u0085b", 60, "name")]
    [InlineData("k", 0, "expiresAt")]
    [InlineData("k", -60, "expiresAt")]
    public async Task What_makes_no_key_names_its_field(string name, int seconds, string field)
    {
        var result = await Keys.CreateAsync(NewHash(), new(name, KeyScopes.None, cluster.Time.GetUtcNow().AddSeconds(seconds)), default);
        Assert.Equal((ChangeStatus.Invalid, field), (result.Status, result.Field));
        Assert.Empty((await Keys.ListAsync(null, 10, default))!.Items);
    }

    [Fact]
    public async Task A_name_has_a_hundred_characters_at_most()
    {
        Assert.Equal(ChangeStatus.Created, (await Keys.CreateAsync(NewHash(), new(new('ü', 100), KeyScopes.None, null), default)).Status);
        Assert.Equal(ChangeStatus.Invalid, (await Keys.CreateAsync(NewHash(), new(new('ü', 101), KeyScopes.None, null), default)).Status);
    }

    [Fact]
    public async Task A_tenant_has_a_thousand_keys_at_most_and_expired_ones_make_room()
    {
        var (_, first) = await CreateAsync();
        for (var i = 1; i < ITenantKeysGrain.MaxKeys; i++)
            await CreateAsync(new("k", KeyScopes.None, i is > 500 and <= 540 ? cluster.Time.GetUtcNow().AddHours(1) : null));
        Assert.Equal(ChangeStatus.LimitReached, (await Keys.CreateAsync(NewHash(), new("k", KeyScopes.None, null), default)).Status);

        await Keys.DeleteAsync(first.Id, null, default);
        await CreateAsync();
        Assert.Equal(ChangeStatus.LimitReached, (await Keys.CreateAsync(NewHash(), new("k", KeyScopes.None, null), default)).Status);

        cluster.Time.Shift = TimeSpan.FromHours(2);
        for (var i = 0; i < 40; i++)
            await CreateAsync();
        Assert.Equal(ChangeStatus.LimitReached, (await Keys.CreateAsync(NewHash(), new("k", KeyScopes.None, null), default)).Status);
        Assert.Equal(ITenantKeysGrain.MaxKeys, (await Keys.ListAsync(null, 1000, default))!.Items.Count);
        Assert.Equal(ITenantKeysGrain.MaxKeys, cluster.State.Paths.Count(path => path.StartsWith("state/key/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Keys_are_listed_in_pages_the_oldest_first()
    {
        var keys = new List<ApiKey>();
        for (var i = 0; i < 3; i++)
        {
            cluster.Time.Shift += TimeSpan.FromSeconds(1);
            keys.Add((await CreateAsync()).Key);
        }

        var first = (await Keys.ListAsync(null, 2, default))!;
        var second = (await Keys.ListAsync(first.Next, 2, default))!;

        Assert.Equal(keys, [.. first.Items, .. second.Items]);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Secrets_that_nobody_has_leave_nothing_in_store_or_memory()
    {
        await CreateAsync();
        var before = cluster.State.Paths.ToList();
        var writes = cluster.State.Writes;

        for (var i = 0; i < ManyStrangers; i++)
            Assert.Null(await FindAsync(NewHash()));

        Assert.Equal(before, cluster.State.Paths);
        Assert.Equal(writes, cluster.State.Writes);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await ActivationsAsync() > 1)
            await Task.Delay(20, timeout.Token); // activations go at a time of their own
    }

    [Fact]
    public async Task Whether_a_key_exists_is_not_known_while_the_store_is_away()
    {
        var (hash, _) = await CreateAsync();
        cluster.State.Fails = (operation, _) => operation == "read";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => FindAsync(NewHash()));
        cluster.State.Fails = (_, _) => false;
        Assert.NotNull(await FindAsync(hash));
    }

    private static ApiKeyHash NewHash() => ApiKeySecret.TryHash(ApiKeySecret.Create(), out var hash) ? hash : throw new InvalidOperationException();

    private async Task<(ApiKeyHash Hash, ApiKey Key)> CreateAsync(ApiKeySettings? settings = null)
    {
        var hash = NewHash();
        var result = await Keys.CreateAsync(hash, settings ?? new("k", KeyScopes.MailRead, null), default);
        Assert.Equal(ChangeStatus.Created, result.Status);
        return (hash, result.Value!.Value);
    }

    private Task<TenantKey?> FindAsync(ApiKeyHash hash) => cluster.Grains.GetApiKey(hash).FindAsync(default).AsTask();

    private async Task<int> ActivationsAsync()
    {
        var statistics = await cluster.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return statistics.Where(s => s.GrainType.Contains("ApiKeyGrain", StringComparison.Ordinal)).Sum(s => s.ActivationCount);
    }
}
