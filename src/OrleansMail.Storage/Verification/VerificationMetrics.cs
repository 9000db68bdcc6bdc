using System.Diagnostics.Metrics;

namespace OrleansMail.Storage.Verification;

/// <summary>What background verification measures (docs/operations/metrics.md).</summary>
public sealed class VerificationMetrics
{
    private readonly Counter<long> verified;
    private readonly Counter<long> mismatches;
    private readonly TimeProvider time;
    private long completedAt;

    /// <summary>Makes the instruments; without a factory nobody listens.</summary>
    public VerificationMetrics(IMeterFactory? meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters?.Create("OrleansMail") ?? new Meter("OrleansMail");
        verified = meter.CreateCounter<long>("orleansmail.storage.verified", "{record}", "Records that background verification has checked.");
        mismatches = meter.CreateCounter<long>("orleansmail.storage.mismatches", "{mismatch}", "What background verification found that is not as it must be.");
        meter.CreateObservableGauge("orleansmail.storage.verification.age", Age, "s", "Time since the last full pass of background verification was completed.");
    }

    /// <summary>A part of the store was checked.</summary>
    public void Checked(long records, long found)
    {
        verified.Add(records);
        mismatches.Add(found);
    }

    /// <summary>A full pass was completed, by this silo or another one.</summary>
    public void Completed(DateTimeOffset at) => Volatile.Write(ref completedAt, at.UtcTicks);

    private IEnumerable<Measurement<double>> Age()
    {
        if (Volatile.Read(ref completedAt) is var ticks && ticks > 0)
            yield return new Measurement<double>((time.GetUtcNow() - new DateTimeOffset(ticks, TimeSpan.Zero)).TotalSeconds);
    }
}
