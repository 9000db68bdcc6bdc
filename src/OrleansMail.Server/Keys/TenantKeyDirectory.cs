using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Caching;

namespace OrleansMail.Server.Keys;

/// <summary>
/// Tells whose key a secret is, for HTTP and SMTP alike. Answers are used for a second, from the start of the question: a key that
/// was deleted or whose tenant was ends within that time everywhere, and one that expires ends on time.
/// </summary>
internal sealed class TenantKeyDirectory(IGrainFactory grains, TimeProvider time)
{
    private const int MaxKeys = 8192;
    private const long MaxBytes = 8 * 1024 * 1024;
    private const int EntryOverhead = 600;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(1);

    private readonly CallCache<ApiKeyHash, TenantKey?> keys =
        new(time, TimeToLive, MaxKeys, MaxBytes, static (_, key) => EntryOverhead + (2 * (key?.Key.Settings.Name.Length ?? 0)));

    /// <summary>Answers held now.</summary>
    public int Count => keys.Count;

    /// <summary>What the secret stands for; null when it is nobody's. A text that has not exactly a secret's form asks no grain.</summary>
    /// <param name="secret">As the caller gave it; never logged.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">Whose it is can't be known now.</exception>
    public ValueTask<TenantKey?> FindAsync(string? secret, CancellationToken cancellationToken) =>
        ApiKeySecret.TryHash(secret, out var hash) ? FindAsync(hash, cancellationToken) : default;

    /// <inheritdoc cref="FindAsync(string?, CancellationToken)"/>
    /// <param name="hash">The hash of the secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TenantKey?> FindAsync(ApiKeyHash hash, CancellationToken cancellationToken)
    {
        var key = await keys.GetAsync(hash, FetchAsync, cancellationToken);
        return key is null || key.HasExpired(time.GetUtcNow()) ? null : key;
    }

    /// <summary>A key or a tenant was deleted here: every key is asked for again.</summary>
    public void Forget() => keys.Clear();

    private Task<TenantKey?> FetchAsync(ApiKeyHash hash) => grains.GetApiKey(hash).FindAsync(CancellationToken.None).AsTask();
}
