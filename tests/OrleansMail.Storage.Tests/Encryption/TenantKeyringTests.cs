using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class TenantKeyringTests : IDisposable
{
    private static readonly Incarnation Other = Keys.Fixed(2);

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly MemoryObjectStore store = new();
    private readonly CountingKeys counting;
    private readonly TenantKeyring keyring;

    public TenantKeyringTests()
    {
        File.WriteAllBytes(Path.Combine(folder.Path, "acme"), Enumerable.Repeat((byte)1, 32).ToArray());
        File.WriteAllText(Path.Combine(folder.Path, "other"), new string('a', 64) + "\n");
        counting = new CountingKeys(new FileKeyEncryptionKeys(folder.Path));
        keyring = new TenantKeyring(store, counting, time, new TenantKeyringOptions());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_revoked_key_ends_its_tenant_after_the_caches_time_and_nobody_else()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        await keyring.CreateAsync(Other, "file:other", default);
        var octets = await SealAsync(Keys.Tenant);
        File.Delete(Path.Combine(folder.Path, "acme"));
        await OpenAsync(Keys.Tenant, octets);

        time.Advance(TimeSpan.FromMinutes(5));

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => SealAsync(Keys.Tenant));
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => OpenAsync(Keys.Tenant, octets));
        await OpenAsync(Other, await SealAsync(Other));
    }

    [Fact]
    public async Task A_key_that_is_back_works_again_and_was_not_asked_for_each_message()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        var path = Path.Combine(folder.Path, "acme");
        var key = File.ReadAllBytes(path);
        File.Delete(path);
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => SealAsync(Keys.Tenant));
        Assert.Equal(1, counting.Unwraps);

        File.WriteAllBytes(path, key);
        time.Advance(TimeSpan.FromSeconds(1));

        await SealAsync(Keys.Tenant);
    }

    [Fact]
    public async Task A_key_that_takes_longer_than_ten_seconds_is_unavailable_and_its_callers_go_on()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        counting.Hangs = new TaskCompletionSource();
        var waiting = SealAsync(Keys.Tenant);
        await counting.Asked.Task;

        time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => waiting);
        counting.Hangs.SetResult();
        time.Advance(TimeSpan.FromSeconds(1));
        counting.Hangs = null;
        await SealAsync(Keys.Tenant);
    }

    [Fact]
    public async Task Many_callers_share_one_unwrapping()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => SealAsync(Keys.Tenant))));

        Assert.Equal(1, counting.Unwraps);
    }

    [Fact]
    public async Task What_an_older_version_sealed_opens_after_a_rotation_to_another_key()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        var octets = await SealAsync(Keys.Tenant);

        await keyring.RotateAsync(Keys.Tenant, "file:other", default);
        File.Delete(Path.Combine(folder.Path, "acme"));

        await OpenAsync(Keys.Tenant, octets);
        Assert.Equal(2, (await SealAsync(Keys.Tenant))[0]);
    }

    [Fact]
    public async Task A_version_that_another_process_made_is_loaded_when_it_is_met()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        await SealAsync(Keys.Tenant);
        await new TenantKeyring(store, counting, time, new TenantKeyringOptions()).RotateAsync(Keys.Tenant, "file:acme", default);
        time.Advance(TimeSpan.FromSeconds(1));

        using var keys = await keyring.GetAsync(Keys.Tenant, 2, default);

        Assert.Equal(2u, keys.Current);
    }

    [Fact]
    public async Task After_shredding_nothing_opens_even_for_who_holds_the_keys()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        var octets = await SealAsync(Keys.Tenant);
        using var held = await keyring.GetAsync(Keys.Tenant, default);

        await keyring.ShredAsync(Keys.Tenant, default);

        Assert.Throws<TenantKeyUnavailableException>(() => RecordSealer.Open(held, octets, []));
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => OpenAsync(Keys.Tenant, octets));
        Assert.Empty(store.Paths);
    }

    [Fact]
    public async Task The_wrapped_key_of_one_tenant_does_not_open_for_another()
    {
        await keyring.CreateAsync(Keys.Tenant, "file:acme", default);
        var stored = await store.ReadValueAsync($"t/{Keys.Tenant}/key", default);
        await store.WriteValueAsync($"t/{Other}/key", stored!.Value, null, default);

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => SealAsync(Other));
    }

    [Theory]
    [InlineData("file:../acme")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:")]
    [InlineData("file:ACME")]
    [InlineData("file:acme\n")]
    [InlineData("vault:acme")]
    public async Task A_name_is_never_a_path(string name) =>
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await keyring.CreateAsync(Keys.Tenant, name, default));

    private async Task<byte[]> SealAsync(Incarnation tenant)
    {
        using var keys = await keyring.GetAsync(tenant, default);
        return RecordSealer.Seal(keys, "mail"u8, []);
    }

    private async Task OpenAsync(Incarnation tenant, byte[] octets)
    {
        using var keys = await keyring.GetAsync(tenant, default);
        Assert.Equal("mail"u8.ToArray(), RecordSealer.Open(keys, octets, []));
    }

    private sealed class CountingKeys(IKeyEncryptionKeys keys) : IKeyEncryptionKeys
    {
        public int Unwraps;

        /// <summary>What unwrappings wait for, whoever gives up meanwhile.</summary>
        public TaskCompletionSource? Hangs { get; set; }

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IKeyEncryptionKey Find(string name) => new Counted(this, keys.Find(name));

        private sealed class Counted(CountingKeys owner, IKeyEncryptionKey key) : IKeyEncryptionKey
        {
            public ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken) =>
                key.WrapAsync(tenant, plain, cancellationToken);

            public async ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref owner.Unwraps);
                owner.Asked.TrySetResult();
                if (owner.Hangs is { } hangs)
                    await hangs.Task;
                return await key.UnwrapAsync(tenant, wrapped, cancellationToken);
            }
        }
    }
}
