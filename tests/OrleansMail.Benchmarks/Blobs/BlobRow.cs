using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>One round at one rate.</summary>
/// <param name="Messages">Messages that came.</param>
/// <param name="Operations">What they cost.</param>
/// <param name="DurableMs">From submission to durable.</param>
/// <param name="OperationMs">Of the operations themselves.</param>
internal sealed record BlobSample(int Messages, OperationCount Operations, Percentiles DurableMs, Percentiles OperationMs);

/// <summary>A rate's figures: medians over the rounds.</summary>
/// <param name="PerSecond">Messages per second that were sent, in the mean.</param>
/// <param name="Messages">Messages in all rounds.</param>
/// <param name="WritesPerMessage">Operations that write, for each message.</param>
/// <param name="ReadsPerMessage">Operations that read, for each message accepted.</param>
/// <param name="OctetsPerMessage">Octets written, for each message.</param>
/// <param name="DurableP50Ms">From submission to durable.</param>
/// <param name="DurableP99Ms">From submission to durable.</param>
/// <param name="OperationP50Ms">Of an operation.</param>
internal sealed record BlobRow(
    double PerSecond, int Messages, double WritesPerMessage, double ReadsPerMessage, double OctetsPerMessage, double DurableP50Ms, double DurableP99Ms, double OperationP50Ms)
{
    /// <summary>All operations for each message.</summary>
    public double OperationsPerMessage => WritesPerMessage + ReadsPerMessage;

    /// <summary>Of a rate's rounds.</summary>
    public static BlobRow Of(double perSecond, IReadOnlyList<BlobSample> samples) => new(
        perSecond,
        samples.Sum(sample => sample.Messages),
        PerMessage(samples, sample => sample.Operations.Writes),
        PerMessage(samples, sample => sample.Operations.Reads),
        PerMessage(samples, sample => sample.Operations.OctetsWritten),
        Median.Of(samples.Select(sample => sample.DurableMs.P50)),
        Median.Of(samples.Select(sample => sample.DurableMs.P99)),
        Median.Of(samples.Select(sample => sample.OperationMs.P50)));

    // Counts are exact, so the rounds are added up; the median's two decimals would be too few.
    private static double PerMessage(IReadOnlyList<BlobSample> samples, Func<BlobSample, long> count) =>
        Math.Round((double)samples.Sum(count) / Math.Max(1, samples.Sum(sample => sample.Messages)), 4);
}

/// <summary>What <c>blobs --json</c> writes and <c>cost --counts</c> reads.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="OperationMs">The least time of an operation, simulated.</param>
/// <param name="PayloadOctets">Octets of a message.</param>
/// <param name="ReadsPerRead">Operations for each message that is read back.</param>
/// <param name="Rows">The rates.</param>
internal sealed record BlobResults(Machine Machine, double OperationMs, int PayloadOctets, double ReadsPerRead, IReadOnlyList<BlobRow> Rows);
