using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Gateway.Payloads;

namespace OrleansMail.Server.Tests.Gateway;

public sealed class PayloadBudgetTests
{
    private readonly FakeTimeProvider time = new();
    private readonly PayloadBudget budget;

    public PayloadBudgetTests() => budget = new PayloadBudget(Options.Create(new GatewayOptions { PayloadBudget = 100 }), time);

    [Fact]
    public async Task Who_finds_it_exhausted_waits_until_octets_come_back()
    {
        Assert.True(await budget.TakeAsync(80, default));
        var waiting = budget.TakeAsync(30, default).AsTask();
        Assert.False(waiting.IsCompleted);

        budget.Return(80);

        Assert.True(await waiting);
        Assert.Equal(70, budget.Available);
    }

    [Fact]
    public async Task Nobody_overtakes_one_who_waits()
    {
        await budget.TakeAsync(80, default);
        var large = budget.TakeAsync(50, default).AsTask();
        var small = budget.TakeAsync(10, default).AsTask();
        Assert.False(small.IsCompleted);

        budget.Return(80);

        Assert.True(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task After_ten_seconds_the_answer_is_no_and_those_behind_are_served()
    {
        await budget.TakeAsync(80, default);
        var large = budget.TakeAsync(50, default).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        var small = budget.TakeAsync(10, default).AsTask();

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await large);
        Assert.True(await small);
        Assert.Equal(10, budget.Available);
    }

    [Fact]
    public async Task A_session_that_ends_while_it_waits_takes_nothing()
    {
        await budget.TakeAsync(100, default);
        using var session = new CancellationTokenSource();
        var waiting = budget.TakeAsync(50, session.Token).AsTask();

        await session.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        budget.Return(100);
        Assert.Equal(100, budget.Available);
    }
}
