using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Caching;
using OrleansMail.Server.Gateway.Recipients;

namespace OrleansMail.Server.Tests.Gateway;

public sealed class ResolutionCacheTests
{
    private static readonly TenantId Tenant = TenantId.Parse("acme");
    private static readonly DomainName Domain = DomainName.Parse("a.test");
    private static readonly LocalPart One = LocalPart.Parse("one");
    private readonly FakeTimeProvider time = new();
    private readonly FakeGrains grains = new();
    private readonly ResolutionCache cache;

    public ResolutionCacheTests() => cache = new ResolutionCache(grains.Factory, new MailboxesGrains(grains.Factory), time);

    private int Resolves => grains.Calls(nameof(IMailboxesGrain.ResolveAsync));

    [Theory, InlineData(ResolutionOutcome.Accepted), InlineData(ResolutionOutcome.MailboxUnknown)]
    public async Task An_answer_is_used_for_a_second_whatever_it_is(ResolutionOutcome outcome)
    {
        grains.Resolve = (_, _) => new(Resolution.Refused(outcome));

        await ResolveAsync();
        time.Advance(TimeSpan.FromMilliseconds(999));
        await ResolveAsync();
        Assert.Equal(1, Resolves);

        time.Advance(TimeSpan.FromMilliseconds(1));
        await ResolveAsync();
        Assert.Equal(2, Resolves);
    }

    [Fact]
    public async Task That_nobody_owns_a_domain_is_remembered_too()
    {
        grains.Owner = _ => new((TenantId?)null);

        Assert.Null(await cache.GetOwnerAsync(Domain, default));
        Assert.Null(await cache.GetOwnerAsync(Domain, default));

        Assert.Equal(1, grains.Calls(nameof(IDomainGrain.GetOwnerAsync)));
    }

    [Fact]
    public async Task Those_who_ask_at_once_share_one_call()
    {
        var answer = new TaskCompletionSource<Resolution>();
        grains.Resolve = (_, _) => new(answer.Task);

        var asked = Enumerable.Range(0, 20).Select(_ => ResolveAsync()).ToArray();
        answer.SetResult(Resolution.Refused(ResolutionOutcome.MailboxUnknown));
        await Task.WhenAll(asked);

        Assert.Equal(1, Resolves);
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        grains.Resolve = (_, _) => throw new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(ResolveAsync);

        grains.Resolve = (_, _) => new(Resolution.Refused(ResolutionOutcome.MailboxUnknown));
        Assert.Equal(ResolutionOutcome.MailboxUnknown, (await ResolveAsync()).Outcome);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_end_the_call_of_the_others()
    {
        var answer = new TaskCompletionSource<Resolution>();
        grains.Resolve = (_, _) => new(answer.Task);
        using var impatient = new CancellationTokenSource();

        var first = cache.ResolveAsync(Tenant, Domain, One, impatient.Token).AsTask();
        var second = ResolveAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(Resolution.Refused(ResolutionOutcome.Suspended));

        Assert.Equal(ResolutionOutcome.Suspended, (await second).Outcome);
    }

    [Fact]
    public async Task An_answer_asked_for_before_a_change_is_not_used_after_it()
    {
        var stale = new TaskCompletionSource<Resolution>();
        grains.Resolve = (_, _) => new(stale.Task);
        var early = ResolveAsync();

        cache.InvalidateTenant(Tenant);
        stale.SetResult(Resolution.Refused(ResolutionOutcome.MailboxUnknown));
        await early;
        grains.Resolve = (_, _) => new(Resolution.Refused(ResolutionOutcome.Suspended));

        Assert.Equal(ResolutionOutcome.Suspended, (await ResolveAsync()).Outcome);
    }

    [Fact]
    public async Task An_owner_asked_for_before_a_change_is_not_used_after_it()
    {
        var stale = new TaskCompletionSource<TenantId?>();
        grains.Owner = _ => new(stale.Task);
        var early = cache.GetOwnerAsync(Domain, default).AsTask();

        cache.InvalidateOwner(Domain);
        stale.SetResult(null);
        await early;
        grains.Owner = _ => new(Tenant);

        Assert.Equal(Tenant, await cache.GetOwnerAsync(Domain, default));
    }

    [Fact]
    public async Task It_holds_a_bounded_number_of_answers()
    {
        var calls = new CallCache<int, int>(time, TimeSpan.FromSeconds(1), maxEntries: 100, maxBytes: long.MaxValue, static (_, _) => 1);

        for (var i = 0; i < 1000; i++)
        {
            await calls.GetAsync(i, Task.FromResult, default);
            Assert.InRange(calls.Count, 1, 101);
        }
    }

    [Fact]
    public async Task It_holds_a_bounded_number_of_octets()
    {
        var calls = new CallCache<int, int>(time, TimeSpan.FromSeconds(1), maxEntries: int.MaxValue, maxBytes: 1000, static (_, _) => 100);

        for (var i = 0; i < 1000; i++)
        {
            await calls.GetAsync(i, Task.FromResult, default);
            Assert.InRange(calls.Count, 0, 10);
        }
    }

    private Task<Resolution> ResolveAsync() => cache.ResolveAsync(Tenant, Domain, One, default).AsTask();
}
