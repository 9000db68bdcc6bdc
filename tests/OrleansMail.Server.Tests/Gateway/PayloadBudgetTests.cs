using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Gateway.Payloads;

namespace OrleansMail.Server.Tests.Gateway;

public sealed class PayloadBudgetTests
{
    private static readonly TenantId Acme = TenantId.Parse("acme");
    private static readonly TenantId Bolt = TenantId.Parse("bolt");
    private static readonly TenantId Cord = TenantId.Parse("cord");
    private readonly FakeTimeProvider time = new();
    private readonly PayloadBudget budget;

    public PayloadBudgetTests() => budget = new PayloadBudget(Options.Create(new GatewayOptions { PayloadBudget = 120 }), time);

    [Fact]
    public async Task Who_finds_the_share_exhausted_waits_until_octets_come_back()
    {
        Assert.True(await TakeAsync(Acme, 60));
        var waiting = TakeAsync(Acme, 30);
        Assert.False(waiting.IsCompleted);

        budget.Return(Acme, 60);

        Assert.True(await waiting);
        Assert.Equal(90, budget.Available);
    }

    [Fact]
    public async Task A_tenant_alone_gets_a_half_and_no_more()
    {
        for (var i = 0; i < 6; i++)
            Assert.True(await TakeAsync(Acme, 10));

        Assert.False(TakeAsync(Acme, 1).IsCompleted);
    }

    [Fact]
    public async Task Three_busy_tenants_get_a_quarter_each_and_a_quarter_stays_for_the_next()
    {
        TenantId[] tenants = [Acme, Bolt, Cord];
        for (var i = 0; i < 30; i++)
            Assert.True(await TakeAsync(tenants[i % 3], 1) && await TakeAsync(tenants[i % 3], 2));

        Assert.Equal(30, budget.Available);
        Assert.All(tenants, tenant => Assert.False(TakeAsync(tenant, 1).IsCompleted));
        Assert.True(TakeAsync(TenantId.Parse("new"), 15).IsCompleted);
    }

    [Fact]
    public async Task Nobody_overtakes_one_of_the_same_tenant_who_waits()
    {
        await TakeAsync(Acme, 50);
        var large = TakeAsync(Acme, 40);
        var small = TakeAsync(Acme, 1);
        Assert.False(small.IsCompleted);

        budget.Return(Acme, 50);

        Assert.True(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task Who_waits_above_its_share_does_not_hold_up_another_tenant()
    {
        await TakeAsync(Acme, 60);
        var above = TakeAsync(Acme, 20);

        Assert.True(await TakeAsync(Bolt, 20));

        Assert.False(above.IsCompleted);
    }

    [Fact]
    public async Task Octets_that_come_free_go_to_the_tenant_that_holds_the_least()
    {
        await TakeAsync(Acme, 40);
        await TakeAsync(Bolt, 20);
        await TakeAsync(Cord, 40);
        var more = TakeAsync(Acme, 10); // asks first
        var less = TakeAsync(Bolt, 20);

        budget.Return(Cord, 40);

        Assert.True(await less);
        Assert.False(more.IsCompleted); // it was allowed too, had it been first
        Assert.Equal(40, budget.Available);
    }

    [Fact]
    public async Task A_message_larger_than_a_share_is_taken_for_a_tenant_that_holds_nothing()
    {
        await TakeAsync(Acme, 50);

        Assert.True(await TakeAsync(Bolt, 70));

        Assert.Equal(0, budget.Available);
    }

    [Fact]
    public async Task After_ten_seconds_the_answer_is_no_and_those_of_the_tenant_behind_are_served()
    {
        await TakeAsync(Acme, 50);
        var large = TakeAsync(Acme, 50);
        time.Advance(TimeSpan.FromSeconds(5));
        var small = TakeAsync(Acme, 10);
        Assert.False(small.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await large);
        Assert.True(await small);
        Assert.Equal(60, budget.Available);
    }

    [Fact]
    public async Task A_session_that_ends_while_it_waits_takes_nothing()
    {
        await TakeAsync(Acme, 60);
        using var session = new CancellationTokenSource();
        var waiting = budget.TakeAsync(Acme, 50, session.Token).AsTask();

        await session.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        budget.Return(Acme, 60);
        Assert.Equal(120, budget.Available);
    }

    [Fact]
    public async Task Nothing_is_kept_of_tenants_that_neither_hold_nor_wait()
    {
        await TakeAsync(Acme, 60);
        var served = TakeAsync(Acme, 10);
        await TakeAsync(Bolt, 60);
        var vain = TakeAsync(Cord, 1); // nothing is free
        Assert.Equal(3, budget.Tenants);
        time.Advance(TimeSpan.FromSeconds(9));
        budget.Return(Acme, 60);
        Assert.True(await vain);
        Assert.True(await served);

        budget.Return(Acme, 10);
        budget.Return(Bolt, 60);
        budget.Return(Cord, 1);

        Assert.Equal(0, budget.Tenants);
        Assert.Equal(120, budget.Available);
    }

    [Fact]
    public async Task Where_there_are_octets_taking_and_giving_back_allocates_nothing()
    {
        TenantId[] tenants = [Acme, Bolt, Cord];
        await TakeAndReturnAsync(tenants);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
            await TakeAndReturnAsync(tenants);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_tenant_that_waited_in_vain()
    {
        await TakeAsync(Acme, 120);
        var vain = TakeAsync(Bolt, 1);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.False(await vain);

        Assert.Equal(1, budget.Tenants);
    }

    private async ValueTask TakeAndReturnAsync(TenantId[] tenants)
    {
        foreach (var tenant in tenants)
            Assert.True(await budget.TakeAsync(tenant, 10, CancellationToken.None));

        foreach (var tenant in tenants)
            budget.Return(tenant, 10);
    }

    private Task<bool> TakeAsync(TenantId tenant, long octets) =>
        budget.TakeAsync(tenant, octets, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60)); // by the clock of the wall: none of them comes near
}
