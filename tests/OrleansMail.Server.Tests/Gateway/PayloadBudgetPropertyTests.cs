using CsCheck;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Gateway.Payloads;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Random histories of the payload budget: who takes, gives back, and gives up.</summary>
public sealed class PayloadBudgetPropertyTests
{
    private const int Capacity = 100;

    private static readonly Gen<Step[]> Histories = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 3], Gen.Frequency((9, Gen.Int[1, 12]), (1, Gen.Int[13, Capacity + 1])), Gen.Int[0, 1000],
        static (kind, tenant, octets, pick) => new Step(kind, tenant, octets, pick)).Array[0, 120];

    [Fact]
    public Task It_is_never_overdrawn_nobody_waits_whose_share_has_room_and_all_is_given_back() =>
        Histories.SampleAsync(static async steps =>
        {
            using var history = new History();
            foreach (var step in steps)
            {
                await history.DoAsync(step);
                history.Check();
            }

            await history.EndAsync();
        });

    private sealed record Step(int Kind, int Tenant, int Octets, int Pick);

    private sealed record Asked(TenantId Tenant, long Octets, Task<bool> Answer, CancellationTokenSource Session);

    private sealed class History : IDisposable
    {
        private readonly PayloadBudget budget = new(Options.Create(new GatewayOptions { PayloadBudget = Capacity }), new FakeTimeProvider());
        private readonly List<Asked> asked = []; // in order of asking
        private readonly List<CancellationTokenSource> sessions = [];

        public async Task DoAsync(Step step)
        {
            if (step.Kind < 6)
                Take(TenantId.Parse($"t{step.Tenant}"), step.Octets);
            else if (step.Kind < 9)
                await ReturnAsync(step.Pick);
            else
                await GiveUpAsync(step.Pick);
        }

        // The model: what was asked for and answered is held. Its waiters are those that are not answered.
        public void Check()
        {
            var held = asked.Where(IsHeld).ToLookup(a => a.Tenant, a => a.Octets);
            Assert.Equal(Capacity - held.Sum(tenant => tenant.Sum()), budget.Available);
            Assert.InRange(budget.Available, 0, Capacity);
            Assert.Equal(asked.Select(a => a.Tenant).Distinct().Count(), budget.Tenants);
            foreach (var first in asked.Where(a => !IsHeld(a)).DistinctBy(a => a.Tenant))
            {
                var mine = held[first.Tenant].Sum();
                Assert.False(mine + first.Octets <= budget.Available - first.Octets, "Its share has room, and it waits.");
                Assert.False(mine == 0 && first.Octets <= budget.Available, "It holds nothing, there is room, and it waits.");
            }
        }

        // All give back; then only those wait that ask for more than there is, and those behind them.
        public async Task EndAsync()
        {
            while (asked.Count > 0)
            {
                if (asked.Exists(IsHeld))
                    await ReturnAsync(0);
                else
                    await GiveUpAsync(0);
                Check();
            }

            Assert.Equal((Capacity, 0), (budget.Available, budget.Tenants));
        }

        public void Dispose() => sessions.ForEach(static session => session.Dispose());

        private void Take(TenantId tenant, long octets)
        {
            var session = new CancellationTokenSource();
            sessions.Add(session);
            asked.Add(new Asked(tenant, octets, budget.TakeAsync(tenant, octets, session.Token).AsTask(), session));
        }

        private async Task ReturnAsync(int pick)
        {
            var held = asked.Where(IsHeld).ToArray();
            if (held.Length == 0)
                return;
            var one = held[pick % held.Length];
            asked.Remove(one);
            budget.Return(one.Tenant, one.Octets);
            await SettleAsync();
        }

        private async Task GiveUpAsync(int pick)
        {
            var waiting = asked.Where(a => !IsHeld(a)).ToArray();
            if (waiting.Length == 0)
                return;
            var one = waiting[pick % waiting.Length];
            asked.Remove(one);
            await one.Session.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.Answer);
            await SettleAsync();
        }

        private static bool IsHeld(Asked one) => one.Answer.IsCompleted;

        // What is taken for one who waits is told to it by another thread.
        private async Task SettleAsync()
        {
            var given = Capacity - budget.Available;
            while (true)
            {
                var waiting = asked.Where(a => !IsHeld(a)).ToArray();
                var told = asked.Except(waiting).Sum(a => a.Octets);
                if (told == given)
                    return;
                Assert.True(told < given, "Somebody was told of octets that are not taken.");
                await Task.WhenAny(waiting.Select(a => a.Answer)).WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
    }
}
