using System.Diagnostics.Metrics;

namespace OrleansMail.Grains.Maintenance;

/// <summary>What maintenance measures (docs/operations/metrics.md).</summary>
public sealed class MaintenanceMetrics
{
    private readonly TimeProvider time;
    private readonly Counter<long> expired;
    private readonly Counter<long> freed;
    private readonly Counter<long> removed;
    private readonly Counter<long> failed;
    private long? walkedAt;

    /// <summary>Makes the instruments; without a factory nobody listens.</summary>
    public MaintenanceMetrics(TimeProvider time, IMeterFactory? meters = null)
    {
        this.time = time;
        var meter = meters?.Create("OrleansMail") ?? new Meter("OrleansMail");
        expired = meter.CreateCounter<long>("orleansmail.storage.expired", "{message}", "Messages that expired.");
        freed = meter.CreateCounter<long>("orleansmail.storage.freed", "By", "Octets that the stores gave back.");
        removed = meter.CreateCounter<long>("orleansmail.tenants.removed", "{tenant}", "Deleted tenants of whom nothing is left.");
        failed = meter.CreateCounter<long>("orleansmail.storage.maintenance.failed", "{domain}", "Domains whose maintenance failed.");
        meter.CreateObservableGauge("orleansmail.storage.maintained", Age, "s", "Time since the last walk over all tenants ended.");
    }

    internal void Expired(long messages) => expired.Add(messages);

    internal void Freed(long octets) => freed.Add(octets);

    internal void Removed() => removed.Add(1);

    internal void Failed() => failed.Add(1);

    internal void Walked() => walkedAt = time.GetTimestamp();

    // Only the silo that walked last knows.
    private IEnumerable<Measurement<double>> Age() => walkedAt is { } at ? [new(time.GetElapsedTime(at).TotalSeconds)] : [];
}
