using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Stored;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Grains.Tests.Keys;

/// <summary>Keys in a store as the server has it.</summary>
public sealed class StoredKeyTests : IAsyncDisposable
{
    private static readonly TenantId Acme = TenantId.Parse("acme");
    private readonly MemoryObjectStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_key_outlives_a_restart_and_its_secret_is_stored_nowhere()
    {
        var secret = ApiKeySecret.Create();
        ApiKeySecret.TryHash(secret, out var hash);
        TenantKey before;
        await using (var cluster = await StoreCluster.StartAsync(store))
        {
            await cluster.Grains.GetTenant(Acme).PutAsync(new(null, false, new()), null, default);
            await cluster.Grains.GetTenantKeys(Acme).CreateAsync(hash, new("Billing", KeyScopes.MailSubmit, TimeProvider.System.GetUtcNow().AddDays(1)), default);
            before = (await cluster.Grains.GetApiKey(hash).FindAsync(default))!;
        }

        await using (var cluster = await StoreCluster.StartAsync(store))
        {
            Assert.Equal(before, await cluster.Grains.GetApiKey(hash).FindAsync(default));
            Assert.Equal(before.Key, Assert.Single((await cluster.Grains.GetTenantKeys(Acme).ListAsync(null, 10, default))!.Items));
        }

        var stored = 0;
        await foreach (var item in store.ListAsync("state/", null, default))
        {
            var text = Encoding.UTF8.GetString((await store.ReadValueAsync(item.Path, default))!.Value.Span);
            stored += text.Contains("Billing", StringComparison.Ordinal) ? 1 : 0;
            Assert.DoesNotContain(secret[ApiKeySecret.Prefix.Length..], item.Path + text, StringComparison.Ordinal);
        }

        Assert.Equal(2, stored);
    }
}
