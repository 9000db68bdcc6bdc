using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Storage.AzureBlobs;

namespace OrleansMail.Storage.Stores;

/// <summary>
/// The shared store, and the stores of tenants that have one of their own: opened when they are asked for, once for all who ask. A partition that has a store
/// keeps it when it is closed here: blob stores hold nothing that closing gives back, and are opened anew for whoever asks next.
/// </summary>
/// <param name="shared">The store that tenants share; not owned.</param>
/// <param name="options">How many, how long.</param>
/// <param name="time">The clock.</param>
public sealed class StoreRegistry(IObjectStore shared, StoreRegistryOptions options, TimeProvider time) : IObjectStores, ITenantStores
{
    private const int OwnPartitions = 1;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IObjectStore> GetAsync(string name, CancellationToken cancellationToken) =>
        name == MailPlace.SharedStore ? new(shared) : new(GetOwnAsync(name, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask SetAsync(Incarnation tenant, TenantStoreSettings? settings, CancellationToken cancellationToken)
    {
        var document = await OwnStoreDocument.WriteAsync(shared, tenant, settings, cancellationToken);
        var name = new MailPlace(HasOwnStore: true, IsSealed: false).StoreOf(tenant);
        lock (gate)
        {
            if (!entries.TryGetValue(name, out var entry))
                return;
            if (entry.Open.IsCompletedSuccessfully && entry.Open.Result is { Signature: { } signature } open && document?.Sas is { } sas && open.Document with { Sas = sas } == document)
                signature.Renew(sas);
            else
                entries.Remove(name);
        }
    }

    private async Task<IObjectStore> GetOwnAsync(string name, CancellationToken cancellationToken) =>
        (await Find(name).Open.WaitAsync(cancellationToken)).Objects;

    private Entry Find(string name)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!entries.TryGetValue(name, out var entry) || entry.IsOver(now, options.FailureFor))
            {
                CloseIdle(now);
                entries[name] = entry = new Entry(Task.Run(() => OpenAsync(name)), time);
            }

            entry.LastUsed = now;
            return entry;
        }
    }

    private void CloseIdle(DateTimeOffset now)
    {
        foreach (var (name, entry) in entries)
        {
            if (entry.Open.IsCompleted && now - entry.LastUsed >= options.IdleAfter)
                entries.Remove(name);
        }

        if (entries.Count >= options.MaxOpen)
            entries.Remove(entries.MinBy(static pair => pair.Value.LastUsed).Key);
    }

    private async Task<OpenStore> OpenAsync(string name)
    {
        using var timeout = new CancellationTokenSource(options.OpenTimeout, time);
        try
        {
            return await OpenAsync(name, timeout.Token);
        }
        catch (Exception exception) when (exception is FormatException or OperationCanceledException)
        {
            throw new StoreUnavailableException($"The store '{name}' can't be opened.", exception is OperationCanceledException ? exception : null);
        }
    }

    private async Task<OpenStore> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (!MailPlace.TryGetOwner(name, out var tenant))
            throw new StoreUnavailableException($"There is no store '{name}'.");
        var document = await OwnStoreDocument.ReadAsync(shared, tenant, cancellationToken)
            ?? throw new StoreUnavailableException($"Tenant {tenant} has no store of its own.");
        var signature = document.Sas is { } sas ? new BlobSignature(sas, token => NewestAsync(tenant, document, token), time) : null;
        var store = await AzureBlobObjectStore.OpenAsync(
            new AzureBlobStoreOptions
            {
                Connection = document.Account,
                Container = document.Container,
                EncryptionScope = document.EncryptionScope,
                Exists = true,
                Signature = signature,
            },
            time,
            cancellationToken);
        await OwnStoreMark.ClaimAsync(store, tenant, cancellationToken);
        await StoreManifest.OpenAsync(store, OwnPartitions, cancellationToken);
        return new OpenStore(store, document, signature);
    }

    // A signature for another place is not this store's.
    private async ValueTask<string?> NewestAsync(Incarnation tenant, OwnStoreDocument opened, CancellationToken cancellationToken) =>
        await OwnStoreDocument.ReadAsync(shared, tenant, cancellationToken) is { } newest && newest with { Sas = opened.Sas } == opened ? newest.Sas : null;

    private sealed class Entry
    {
        private DateTimeOffset failedAt = DateTimeOffset.MaxValue;

        public Entry(Task<OpenStore> open, TimeProvider time) => Open = ObserveAsync(open, time);

        public Task<OpenStore> Open { get; }

        public DateTimeOffset LastUsed { get; set; }

        public bool IsOver(DateTimeOffset now, TimeSpan failureFor) => Open.IsFaulted && now - failedAt >= failureFor;

        private async Task<OpenStore> ObserveAsync(Task<OpenStore> open, TimeProvider time)
        {
            try
            {
                return await open;
            }
            catch
            {
                failedAt = time.GetUtcNow();
                throw;
            }
        }
    }
}
