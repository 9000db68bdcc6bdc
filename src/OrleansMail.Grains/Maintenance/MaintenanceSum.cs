using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Maintenance;

/// <summary>Adds reports up; several threads may.</summary>
internal sealed class MaintenanceSum
{
    private readonly Lock gate = new();

    /// <summary>What the reports say together.</summary>
    public MaintenanceReport Total { get; private set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Adds one.</summary>
    public void Add(MaintenanceReport report)
    {
        lock (gate)
        {
            Total = new(
                Total.Expired + report.Expired,
                Total.PacksDropped + report.PacksDropped,
                Total.PacksCompacted + report.PacksCompacted,
                Total.BytesFreed + report.BytesFreed,
                Total.Orphans + report.Orphans,
                Total.Deleted + report.Deleted);
        }
    }
}
