using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage;

/// <summary>Opens partitions of the silo's store: fences earlier owners off and recovers the log.</summary>
public interface IPartitionFactory
{
    /// <summary>Opens a partition.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written now.</exception>
    Task<IPartition> OpenAsync(PartitionId id, CancellationToken cancellationToken);
}
