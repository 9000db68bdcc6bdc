using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts;

/// <summary>Grain references by typed ids, so that keys are spelled in one place.</summary>
public static class GrainKeys
{
    /// <summary>The grain of a tenant.</summary>
    public static ITenantGrain GetTenant(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<ITenantGrain>(tenant.Value);

    /// <summary>The grain of a domain name.</summary>
    public static IDomainGrain GetDomain(this IGrainFactory grains, DomainName domain) => grains.GetGrain<IDomainGrain>(domain.Value);

    /// <summary>The mailboxes of a domain of a tenant.</summary>
    public static IMailboxesGrain GetMailboxes(this IGrainFactory grains, TenantId tenant, DomainName domain) =>
        grains.GetGrain<IMailboxesGrain>($"{tenant.Value}/{domain.Value}");

    /// <summary>The grain of an API key's secret.</summary>
    public static IApiKeyGrain GetApiKey(this IGrainFactory grains, ApiKeyHash hash) => grains.GetGrain<IApiKeyGrain>(hash.Value);

    /// <summary>The API keys of a tenant.</summary>
    public static ITenantKeysGrain GetTenantKeys(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<ITenantKeysGrain>(tenant.Value);

    /// <summary>The removals of deleted tenants.</summary>
    public static IRemovalsGrain GetRemovals(this IGrainFactory grains) => grains.GetGrain<IRemovalsGrain>(0);

    /// <summary>The grain that looks after all tenants.</summary>
    public static IJanitorGrain GetJanitor(this IGrainFactory grains) => grains.GetGrain<IJanitorGrain>(0);

    /// <summary>The owner of a partition log.</summary>
    public static IPartitionGrain GetPartition(this IGrainFactory grains, PartitionId partition) =>
        grains.GetGrain<IPartitionGrain>(partition.ToString());

    /// <summary>The grain that changes the number of a store's partitions.</summary>
    public static IPartitionChangeGrain GetPartitionChange(this IGrainFactory grains, string store) => grains.GetGrain<IPartitionChangeGrain>(store);

    /// <summary>Takes the key of a mailboxes grain apart.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static (TenantId Tenant, DomainName Domain) ParseMailboxesKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? throw new FormatException($"'{key}' is not a key of a mailboxes grain.")
            : (TenantId.Parse(key[..slash]), DomainName.Parse(key[(slash + 1)..]));
    }
}
