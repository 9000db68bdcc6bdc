using System.Collections.Concurrent;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Caching;

namespace OrleansMail.Server.Gateway.Recipients;

/// <summary>
/// What this silo knows of domains' owners and of where addresses lead, positive and negative, for one second: a hot domain costs no
/// grain call per RCPT, and a change is in force within that second everywhere.
/// </summary>
internal sealed class ResolutionCache(IGrainFactory grains, MailboxesGrains mailboxes, TimeProvider time)
{
    private const int MaxTenants = 4096;
    private const int MaxOwners = 65_536;
    private const int MaxAddresses = 16_384;
    private const long MaxOwnerBytes = 16 * 1024 * 1024;
    private const long MaxAddressBytes = 4 * 1024 * 1024; // of one tenant, so that a flood against one does not empty the others'
    private const long MaxTotalBytes = 64 * 1024 * 1024;
    private const int EntryOverhead = 200;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TenantId, CallCache<Address, Resolution>> tenants = new();
    private readonly CallCache<DomainName, TenantId?> owners =
        new(time, TimeToLive, MaxOwners, MaxOwnerBytes, static (domain, _) => EntryOverhead + (2 * domain.Value.Length));

    private long totalBytes;

    /// <summary>The tenant that owns a domain; null when nobody does.</summary>
    public ValueTask<TenantId?> GetOwnerAsync(DomainName domain, CancellationToken cancellationToken) =>
        owners.GetAsync(domain, FetchOwnerAsync, cancellationToken);

    /// <summary>Where an address leads.</summary>
    public ValueTask<Resolution> ResolveAsync(TenantId tenant, DomainName domain, LocalPart localPart, CancellationToken cancellationToken)
    {
        if (!tenants.TryGetValue(tenant, out var addresses))
        {
            if (tenants.Count >= MaxTenants)
                tenants.Clear();
            addresses = tenants.GetOrAdd(tenant, new CallCache<Address, Resolution>(time, TimeToLive, MaxAddresses, MaxAddressBytes, Weigh, AddWeight));
        }

        return addresses.GetAsync(
            new Address(domain, localPart),
            address => mailboxes.Get(tenant, address.Domain).ResolveAsync(address.LocalPart, 0, CancellationToken.None).AsTask(),
            cancellationToken);
    }

    /// <summary>A domain changed hands: its owner is asked for again.</summary>
    public void InvalidateOwner(DomainName domain) => owners.Remove(domain);

    /// <summary>A tenant came or went, with domains that are not named: every owner is asked for again.</summary>
    public void InvalidateOwners() => owners.Clear();

    /// <summary>Something of a tenant changed; an alias may lead from any of its domains to any other, so all of it is forgotten.</summary>
    public void InvalidateTenant(TenantId tenant) => tenants.TryRemove(tenant, out _);

    private Task<TenantId?> FetchOwnerAsync(DomainName domain) => grains.GetDomain(domain).GetOwnerAsync(CancellationToken.None).AsTask();

    private void AddWeight(long weight)
    {
        if (Interlocked.Add(ref totalBytes, weight) <= MaxTotalBytes)
            return;
        Interlocked.Exchange(ref totalBytes, 0);
        tenants.Clear();
    }

    private static long Weigh(Address address, Resolution resolution)
    {
        var weight = (2L * EntryOverhead) + (2 * (address.Domain.Value.Length + address.LocalPart.Value.Length));
        foreach (var target in resolution.Targets)
            weight += EntryOverhead + (2 * target.LocalPart.Length);
        return weight;
    }

    private readonly record struct Address(DomainName Domain, LocalPart LocalPart);
}
