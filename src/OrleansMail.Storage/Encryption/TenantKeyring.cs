using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// The data keys of tenants, unwrapped at first use and held for a bounded time. Many callers share one unwrapping; a failure is
/// remembered for 1 to 10 seconds, so that a vault that is down is not asked for each message. Other processes see a rotation, a revoked
/// key or a shredding when their time is over.
/// </summary>
public sealed class TenantKeyring(IObjectStore store, IKeyEncryptionKeys keyEncryptionKeys, TimeProvider time, TenantKeyringOptions options) : ITenantKeys
{
    private readonly Lock gate = new();
    private readonly Dictionary<Incarnation, KeyringEntry> entries = [];

    /// <summary>A tenant's keys; the caller disposes them after use.</summary>
    /// <exception cref="TenantKeyUnavailableException">They can't be had now, or there are none.</exception>
    internal async ValueTask<TenantDataKeys> GetAsync(Incarnation tenant, CancellationToken cancellationToken)
    {
        while (true)
        {
            var keys = await Entry(tenant).Load.WaitAsync(cancellationToken);
            if (keys.TryHold())
                return keys;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// A tenant's keys to open what a version sealed: loaded anew when it is later than those held, since another process may have rotated;
    /// at most once a second, since damage may name any version.
    /// </summary>
    /// <exception cref="TenantKeyUnavailableException">They can't be had now, or there are none.</exception>
    internal async ValueTask<TenantDataKeys> GetAsync(Incarnation tenant, uint version, CancellationToken cancellationToken)
    {
        var keys = await GetAsync(tenant, cancellationToken);
        if (version <= keys.Current || !TryForgetOlder(tenant))
            return keys;
        keys.Dispose();
        return await GetAsync(tenant, cancellationToken);
    }

    /// <summary>Makes a tenant's first data key.</summary>
    /// <exception cref="StoreConflictException">It has one.</exception>
    /// <exception cref="TenantKeyUnavailableException">The key encryption key can't be had; nothing was stored.</exception>
    public async ValueTask CreateAsync(Incarnation tenant, string keyEncryptionKey, CancellationToken cancellationToken)
    {
        await StoreAsync(tenant, [RandomNumberGenerator.GetBytes(ExtendedGcm.KeySize)], keyEncryptionKey, null, cancellationToken);
        Forget(tenant, destroy: false);
    }

    /// <summary>Makes a new version that seals from now on, and wraps all of them by the given key, which may be another than before.</summary>
    /// <exception cref="StoreConflictException">Someone else rotated at the same time.</exception>
    /// <exception cref="TenantKeyUnavailableException">The old or the new key encryption key can't be had; nothing was stored.</exception>
    public async ValueTask RotateAsync(Incarnation tenant, string keyEncryptionKey, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(tenant, cancellationToken);
        using var keys = await UnwrapAsync(tenant, stored, cancellationToken);
        byte[][] all = [.. keys.Export(), RandomNumberGenerator.GetBytes(ExtendedGcm.KeySize)];
        await StoreAsync(tenant, all, keyEncryptionKey, stored.ETag, cancellationToken);
        Forget(tenant, destroy: false);
    }

    /// <summary>Deletes a tenant's keys for good: whatever they sealed is worthless, here at once, in other processes when their time is over.</summary>
    public async ValueTask ShredAsync(Incarnation tenant, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(TenantPaths.Key(tenant), null, cancellationToken);
        Forget(tenant, destroy: true);
    }

    private KeyringEntry Entry(Incarnation tenant)
    {
        lock (gate)
        {
            var failures = 0;
            if (entries.TryGetValue(tenant, out var entry))
            {
                if (time.GetUtcNow() < entry.Until)
                    return entry;
                failures = entry.Failures;
                entry.Drop(destroy: false);
            }
            else if (entries.Count >= options.MaxCached)
            {
                var first = entries.MinBy(pair => pair.Value.Until);
                entries.Remove(first.Key);
                first.Value.Drop(destroy: false);
            }

            entry = new KeyringEntry(failures);
            entries[tenant] = entry;
            entry.Start(Task.Run(() => LoadAsync(tenant, entry)));
            return entry;
        }
    }

    private bool TryForgetOlder(Incarnation tenant)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(tenant, out var entry) || time.GetUtcNow() < entry.RenewableFrom)
                return false;
            entries.Remove(tenant);
            entry.Drop(destroy: false);
            return true;
        }
    }

    private void Forget(Incarnation tenant, bool destroy)
    {
        lock (gate)
        {
            if (entries.Remove(tenant, out var entry))
                entry.Drop(destroy);
        }
    }

    private async Task<TenantDataKeys> LoadAsync(Incarnation tenant, KeyringEntry entry)
    {
        var succeeded = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.LoadTimeout, time);
            var loading = LoadAsync(tenant, timeout.Token);
            try
            {
                var keys = await loading.WaitAsync(timeout.Token);
                succeeded = true;
                return keys;
            }
            catch (OperationCanceledException)
            {
                // What comes too late is nobody's.
                _ = loading.ContinueWith(static task => task.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
                _ = loading.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw;
            }
        }
        catch (Exception exception) when (exception is not TenantKeyUnavailableException)
        {
            throw new TenantKeyUnavailableException($"The key of tenant {tenant} can't be had.", exception);
        }
        finally
        {
            lock (gate)
                entry.Complete(time.GetUtcNow(), options.CacheFor, succeeded);
        }
    }

    private async Task<TenantDataKeys> LoadAsync(Incarnation tenant, CancellationToken cancellationToken) =>
        await UnwrapAsync(tenant, await ReadAsync(tenant, cancellationToken), cancellationToken);

    private async ValueTask<StoredValue> ReadAsync(Incarnation tenant, CancellationToken cancellationToken) =>
        await store.ReadValueAsync(TenantPaths.Key(tenant), cancellationToken)
        ?? throw new TenantKeyUnavailableException($"Tenant {tenant} has no key, or it was shredded.");

    private async ValueTask<TenantDataKeys> UnwrapAsync(Incarnation tenant, StoredValue stored, CancellationToken cancellationToken)
    {
        var document = TenantKeyDocument.Parse(tenant, stored.Value.Span);
        var keys = new byte[document.Keys.Count][];
        try
        {
            for (var i = 0; i < keys.Length; i++)
            {
                var wrapped = document.Keys[i];
                keys[i] = await keyEncryptionKeys.Find(wrapped.KeyEncryptionKey).UnwrapAsync(tenant, wrapped.Wrapped, cancellationToken);
            }
        }
        catch
        {
            Array.ForEach(keys, key => CryptographicOperations.ZeroMemory(key));
            throw;
        }

        return new TenantDataKeys(tenant, keys);
    }

    private async ValueTask StoreAsync(Incarnation tenant, byte[][] keys, string keyEncryptionKey, string? ifMatch, CancellationToken cancellationToken)
    {
        try
        {
            var wrapper = keyEncryptionKeys.Find(keyEncryptionKey);
            var wrapped = new WrappedKey[keys.Length];
            for (var i = 0; i < keys.Length; i++)
                wrapped[i] = new WrappedKey(i + 1, keyEncryptionKey, await wrapper.WrapAsync(tenant, keys[i], cancellationToken));
            var document = new TenantKeyDocument(TenantKeyDocument.CurrentFormat, wrapped);
            await store.WriteValueAsync(TenantPaths.Key(tenant), document.ToUtf8(), ifMatch, cancellationToken);
        }
        finally
        {
            Array.ForEach(keys, key => CryptographicOperations.ZeroMemory(key));
        }
    }
}
