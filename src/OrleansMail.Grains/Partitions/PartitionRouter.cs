using System.IO.Hashing;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Which partition a domain's mail is in. The number of partitions is fixed in the store's manifest.</summary>
internal sealed class PartitionRouter(IGrainFactory grains, LocalPartitions local, StoreManifestReader manifest)
{
    /// <summary>The partition of a domain: a hash of its incarnation, part of the store's format; a tenant's own store has one.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="place">Where its tenant's mail is kept.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async ValueTask<PartitionClient> ForAsync(DomainKey domain, MailPlace place, CancellationToken cancellationToken)
    {
        if (place.HasOwnStore)
            return new PartitionClient(new(place.StoreOf(domain.Tenant), 0), grains, local);
        var partitions = (await manifest.GetAsync(cancellationToken)).Partitions;
        return new PartitionClient(new(StoreManifest.DefaultStore, (int)(Hash(domain) % (uint)partitions)), grains, local);
    }

    private static ulong Hash(DomainKey domain)
    {
        Span<byte> key = stackalloc byte[32];
        domain.Tenant.Value.TryWriteBytes(key);
        domain.Domain.Value.TryWriteBytes(key[16..]);
        return XxHash64.HashToUInt64(key);
    }
}
