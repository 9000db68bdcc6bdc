using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Tenants;

/// <summary>Legal holds: when they are in force in the store, and what they do to deletions that broke off before.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private static readonly DomainName First = DomainName.Parse("a.test");
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private MailCluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await MailCluster.StartAsync();
        await cluster.DomainAsync("t", "a.test", null, "bob");
        await cluster.DomainAsync("t", "b.test", null, "bob");
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task A_tenants_hold_is_in_force_in_all_its_domains_when_it_is_answered_and_in_no_other_tenants()
    {
        await cluster.DomainAsync("other", "c.test", null, "bob");

        await SetTenantAsync(hold: true);

        Assert.Equal([true, true], cluster.Partitions.Maintained.Select(m => m.Policy.Hold));
        Assert.Equal(await KeysAsync("a.test", "b.test"), cluster.Partitions.Maintained.Select(m => m.Domain).ToHashSet());
    }

    [Fact]
    public async Task A_domains_hold_is_in_force_in_it_alone_when_it_is_answered()
    {
        await SetDomainAsync(First, hold: true);

        Assert.Equal((await KeysAsync("a.test")).Single(), Assert.Single(cluster.Partitions.Maintained, m => m.Policy.Hold).Domain);
        Assert.Single(cluster.Partitions.Maintained);
    }

    [Fact]
    public async Task A_domain_that_a_held_tenant_gets_is_held_when_it_is_answered()
    {
        await SetTenantAsync(hold: true);

        await SetDomainAsync(DomainName.Parse("new.test"));

        Assert.Contains((await KeysAsync("new.test")).Single(), cluster.Partitions.Maintained.Where(m => m.Policy.Hold).Select(m => m.Domain));
    }

    [Fact]
    public async Task A_hold_that_one_domain_does_not_take_is_not_acknowledged_and_reaches_the_others_and_setting_it_again_goes_on()
    {
        string[] others = ["b.test", .. Enumerable.Range(0, 40).Select(i => $"d{i}.test")]; // more than are asked at once
        foreach (var other in others)
            await SetDomainAsync(DomainName.Parse(other));
        var doomed = (await KeysAsync("a.test")).Single();
        cluster.Partitions.FailMaintenance = domain => domain == doomed;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SetTenantAsync(hold: true));
        Assert.Equal(await KeysAsync(others), Held());
        Assert.True((await cluster.Tenant("t").GetAsync(default))!.Value.Settings.Policy!.LegalHold);

        cluster.Partitions.FailMaintenance = _ => false;
        await SetTenantAsync(hold: null);

        Assert.Equal(await KeysAsync(["a.test", .. others]), Held());
    }

    [Fact]
    public async Task The_end_of_a_hold_reaches_the_store_without_the_walk_over_all_tenants()
    {
        await SetTenantAsync(hold: true);
        await SetDomainAsync(First, hold: true);

        await SetTenantAsync(hold: false);
        await Eventually(() => cluster.Partitions.Maintained.Count(m => !m.Policy.Hold) == 1); // the other one
        await SetDomainAsync(First, hold: false);
        await Eventually(() => cluster.Partitions.Maintained.Where(m => !m.Policy.Hold).Select(m => m.Domain).Distinct().Count() == 2);
    }

    [Fact]
    public async Task A_maintenance_by_the_rules_of_before_ends_before_the_hold_is_answered()
    {
        var (entered, proceed) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Partitions.BeforeMaintenance = policy =>
        {
            entered.TrySetResult();
            return policy.Hold ? Task.CompletedTask : proceed.Task;
        };
        var walk = cluster.Mailboxes("t", "a.test").MaintainAsync(default).AsTask();
        await entered.Task;

        var put = SetDomainAsync(First, hold: true);
        Assert.NotSame(put, await Task.WhenAny(put, WaitForConfigurationAsync()));
        proceed.SetResult();
        await put;
        await walk;

        Assert.Equal([false, true], cluster.Partitions.Maintained.Select(m => m.Policy.Hold));
    }

    [Theory, InlineData("delete"), InlineData("create")]
    public async Task A_domains_deletion_that_broke_off_does_not_go_on_under_a_hold(string how)
    {
        var key = (await KeysAsync("a.test")).Single();
        await BreakOffAsync(() => cluster.Tenant("t").DeleteDomainAsync(First, null, default).AsTask());
        await SetTenantAsync(hold: true);
        Assert.Contains(key, Held()); // what its deletion left is kept

        Assert.Equal(ChangeStatus.Held, await GoOnAsync(how, new()));
        Assert.Empty(cluster.Partitions.Forgotten);

        await SetTenantAsync(hold: false);
        Assert.Equal(how == "delete" ? ChangeStatus.Deleted : ChangeStatus.Created, await GoOnAsync(how, new()));
        Assert.Contains(key, cluster.Partitions.Forgotten.Select(f => f.Domain));
    }

    [Fact]
    public async Task A_hold_asked_for_a_domain_or_a_tenant_whose_deletion_broke_off_does_not_finish_the_deletion()
    {
        await BreakOffAsync(() => cluster.Tenant("t").DeleteDomainAsync(First, null, default).AsTask());
        Assert.Equal(ChangeStatus.Held, await GoOnAsync("create", new(LegalHold: true)));
        await BreakOffAsync(() => cluster.Tenant("t").DeleteAsync(null, default).AsTask());

        Assert.Equal(ChangeStatus.Held, (await cluster.Tenant("t").PutAsync(new(null, false, new(), new(LegalHold: true)), null, default)).Status);
        Assert.Empty(cluster.Partitions.Forgotten);

        Assert.Equal(ChangeStatus.Created, (await cluster.Tenant("t").PutAsync(new(null, false, new()), null, default)).Status);
        Assert.Equal(2, cluster.Partitions.Forgotten.Count);
    }

    [Fact]
    public async Task A_mailboxs_deletion_that_broke_off_waits_for_the_end_of_the_hold()
    {
        await BreakOffAsync(() => cluster.Mailboxes("t", "a.test").DeleteMailboxAsync(Bob, null, default).AsTask());
        await SetTenantAsync(hold: true);
        Assert.Empty(cluster.Partitions.Forgotten);

        await SetTenantAsync(hold: false);
        await Eventually(() => cluster.Partitions.Forgotten.Count == 1);
    }

    // The partition is away while it forgets.
    private async Task BreakOffAsync(Func<Task> deletion)
    {
        cluster.Partitions.Failure = static () => new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(deletion);
        cluster.Partitions.Failure = null;
    }

    private async Task<ChangeStatus> GoOnAsync(string how, DomainSettings settings) => how == "delete"
        ? await cluster.Tenant("t").DeleteDomainAsync(First, null, default)
        : (await cluster.Tenant("t").PutDomainAsync(First, settings, null, default)).Status;

    private async Task SetTenantAsync(bool? hold) => await cluster.Tenant("t").PutAsync(new(null, false, new(), new(LegalHold: hold)), null, default);

    private async Task SetDomainAsync(DomainName name, bool? hold = null) => await cluster.Tenant("t").PutDomainAsync(name, new(LegalHold: hold), null, default);

    private HashSet<DomainKey> Held() => [.. cluster.Partitions.Maintained.Where(m => m.Policy.Hold).Select(m => m.Domain)];

    private async Task<HashSet<DomainKey>> KeysAsync(params string[] domains)
    {
        var keys = new HashSet<DomainKey>();
        foreach (var domain in domains)
            keys.Add((await cluster.Tenant("t").GetDomainAsync(DomainName.Parse(domain), default))!.Value.Key);
        return keys;
    }

    // The hold is set before anybody is asked to put it into force.
    private async Task WaitForConfigurationAsync() =>
        await Eventually(() => cluster.State.Values.Any(static json => json.Contains("\"LegalHold\":true", StringComparison.Ordinal)));

    private static async Task Eventually(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30)); // the silo looks every minute whether a walk over all tenants is due
        while (!condition())
            await Task.Delay(5, bound.Token);
    }
}
