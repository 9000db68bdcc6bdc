using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>What everything that works on one partition knows.</summary>
/// <param name="Store">Where it is.</param>
/// <param name="Partition">Which it is.</param>
/// <param name="Folder">Where its logs are.</param>
/// <param name="Epoch">This owner's.</param>
/// <param name="Options">How it uses its store.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Its instruments.</param>
/// <param name="Logger">For what operators should know.</param>
internal sealed record PartitionContext(
    IObjectStore Store, PartitionId Partition, string Folder, uint Epoch, PartitionOptions Options, TimeProvider Time, PartitionMetrics Metrics, ILogger Logger)
{
    /// <summary>Tells a test how far the work is.</summary>
    public void Stepped(MaintenanceStep step) => Options.Stepped?.Invoke(step);
}
