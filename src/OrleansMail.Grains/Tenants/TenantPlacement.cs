using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Tenants;

/// <summary>Makes what a tenant's settings say of its store and key so, before the settings are stored. Each step can be repeated.</summary>
internal sealed class TenantPlacement(ITenantKeys keys, ITenantStores stores)
{
    /// <summary>Applies settings that may be.</summary>
    /// <param name="tenant">The tenant's incarnation.</param>
    /// <param name="old">The settings now; null for a new tenant.</param>
    /// <param name="settings">The settings asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The settings without the signature, or what is wrong.</returns>
    public async ValueTask<(TenantSettings Settings, FieldProblem? Problem)> ApplyAsync(
        Incarnation tenant, TenantSettings? old, TenantSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Encryption is { } encryption && old?.Encryption is null && await CreateKeyAsync(tenant, encryption.Key, cancellationToken) is { } problem)
            return (settings, problem);
        var store = settings.Store;
        if (store?.Sas is not null || (store is null ? old?.Store is not null : !store.IsSamePlace(old?.Store)))
        {
            try
            {
                await stores.SetAsync(tenant, store, cancellationToken);
            }
            catch (NotSupportedException exception)
            {
                return (settings, new("store", exception.Message));
            }
        }

        return (settings with { Store = store is null ? null : store with { Sas = null, HasSas = HasSas(store, old?.Store) } }, null);
    }

    /// <summary>The tenant ends: nothing that it sealed can be read any more.</summary>
    public ValueTask ShredAsync(Incarnation tenant, CancellationToken cancellationToken) => keys.ShredAsync(tenant, cancellationToken);

    private static bool HasSas(TenantStoreSettings store, TenantStoreSettings? old) =>
        store.Sas is not null || (old is { HasSas: true } && (old.Account, old.Container) == (store.Account, store.Container));

    // Nothing is sealed yet: a key that is there is of a try whose settings were not stored.
    private async ValueTask<FieldProblem?> CreateKeyAsync(Incarnation tenant, string key, CancellationToken cancellationToken)
    {
        try
        {
            await keys.ShredAsync(tenant, cancellationToken);
            await keys.CreateAsync(tenant, key, cancellationToken);
            return null;
        }
        catch (TenantKeyUnavailableException exception)
        {
            return new("encryption.key", exception.Message);
        }
    }
}
