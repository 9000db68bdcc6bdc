using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Keys;
using OrleansMail.Server.Tests.Gateway;

namespace OrleansMail.Server.Tests.Keys;

public sealed class TenantKeyDirectoryTests
{
    private const int Flood = 20_000;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeGrains grains = new();
    private readonly TenantKeyDirectory directory;
    private readonly string secret = ApiKeySecret.Create();
    private TenantKey? key = new(TenantId.Parse("acme"), default, new(Ulid.NewUlid(), new("k", KeyScopes.MailRead, null), default));

    public TenantKeyDirectoryTests()
    {
        ApiKeySecret.TryHash(secret, out var known);
        grains.Key = hash => new(hash == known.Value ? key : null);
        directory = new(grains.Factory, time);
    }

    private int Calls => grains.Calls(nameof(IApiKeyGrain.FindAsync));

    [Fact]
    public async Task A_busy_key_is_asked_for_once_a_second()
    {
        for (var i = 0; i < 1000; i++)
            Assert.Same(key, await FindAsync());
        Assert.Equal(1, Calls);
        time.Advance(TimeSpan.FromMilliseconds(999));
        await FindAsync();
        Assert.Equal(1, Calls);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await FindAsync();
        Assert.Equal(2, Calls);
    }

    [Fact]
    public async Task A_key_that_ended_elsewhere_has_ended_here_within_a_second()
    {
        await FindAsync();
        key = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task An_answer_is_as_old_as_its_question()
    {
        var answer = new TaskCompletionSource<TenantKey?>();
        grains.Key = _ => new(answer.Task);
        var asked = FindAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        answer.SetResult(key);
        Assert.Same(key, await asked);
        grains.Key = _ => default;
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task What_was_deleted_here_has_ended_here_at_once()
    {
        await FindAsync();
        key = null;
        directory.Forget();
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_key_expires_on_time_though_its_answer_is_fresh()
    {
        key = key! with { Key = key.Key with { Settings = key.Key.Settings with { ExpiresAt = time.GetUtcNow().AddMilliseconds(500) } } };
        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.NotNull(await FindAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await FindAsync());
        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task Strangers_fill_no_memory_and_take_no_key_away()
    {
        Assert.Same(key, await FindAsync());
        for (var i = 0; i < Flood; i++)
            Assert.Null(await directory.FindAsync(ApiKeySecret.Create(), default));
        Assert.InRange(directory.Count, 1, 8192);
        Assert.Same(key, await FindAsync());
    }

    [Fact]
    public async Task An_unknown_secret_is_asked_for_once_a_second_too()
    {
        var unknown = ApiKeySecret.Create();
        for (var i = 0; i < 100; i++)
            Assert.Null(await directory.FindAsync(unknown, default));
        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task A_failure_is_passed_on_and_not_kept()
    {
        var answer = grains.Key;
        grains.Key = _ => throw new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(FindAsync);
        grains.Key = answer;
        Assert.Same(key, await FindAsync());
    }

    private Task<TenantKey?> FindAsync() => directory.FindAsync(secret, default).AsTask();
}
