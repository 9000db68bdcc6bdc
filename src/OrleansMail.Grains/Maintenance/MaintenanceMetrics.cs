using System.Diagnostics.Metrics;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Maintenance;

/// <summary>What maintenance did; <c>docs/operations/metrics.md</c> lists the same.</summary>
internal sealed class MaintenanceMetrics
{
    private readonly TimeProvider time;
    private readonly Counter<long> expired;
    private readonly Counter<long> freed;
    private readonly Counter<long> failed;
    private long walked;

    /// <summary>Creates the instruments.</summary>
    public MaintenanceMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        walked = time.GetTimestamp();
        var meter = meters.Create("OrleansMail");
        expired = meter.CreateCounter<long>("orleansmail.storage.expired", "{message}", "Messages that expired.");
        freed = meter.CreateCounter<long>("orleansmail.storage.freed", "By", "Octets that the store gave back.");
        failed = meter.CreateCounter<long>("orleansmail.storage.maintenance.failures", "{failure}", "Tenants or domains that a walk could not maintain.");
        meter.CreateObservableGauge("orleansmail.storage.maintained", Age, "s", "Time since the last walk ended here, or since the start.");
    }

    /// <summary>A domain was maintained.</summary>
    public void Maintained(MaintenanceReport report)
    {
        expired.Add(report.Expired);
        freed.Add(report.BytesFreed);
    }

    /// <summary>Something was left to the next walk.</summary>
    public void Failed() => failed.Add(1);

    /// <summary>A walk has ended.</summary>
    public void Walked() => Interlocked.Exchange(ref walked, time.GetTimestamp());

    private double Age() => time.GetElapsedTime(Interlocked.Read(ref walked)).TotalSeconds;
}
