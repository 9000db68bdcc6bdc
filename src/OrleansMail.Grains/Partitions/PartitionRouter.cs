using System.IO.Hashing;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Which partition a domain's mail is in. The number of partitions is fixed in the store's manifest.</summary>
internal sealed class PartitionRouter(IGrainFactory grains, LocalPartitions local, StoreManifest manifest)
{
    /// <summary>The partition of a domain: a hash of its incarnation, part of the store's format.</summary>
    public PartitionClient For(DomainKey domain)
    {
        Span<byte> key = stackalloc byte[32];
        domain.Tenant.Value.TryWriteBytes(key);
        domain.Domain.Value.TryWriteBytes(key[16..]);
        var id = new PartitionId(StoreManifest.DefaultStore, (int)(XxHash64.HashToUInt64(key) % (uint)manifest.Partitions));
        return new PartitionClient(id, grains, local);
    }
}
