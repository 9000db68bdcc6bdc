using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Partitions;

/// <summary>The number of partitions was changed: the domains of this one are elsewhere now. The caller reads the manifest again.</summary>
internal sealed class PartitionClosedException(string message) : StoreUnavailableException(message);
