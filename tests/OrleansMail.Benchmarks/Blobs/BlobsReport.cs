using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>The section of <c>blobs</c>.</summary>
internal static class BlobsReport
{
    public static string Describe(BlobResults results, int rounds, double seconds)
    {
        var text = new Markdown();
        text.Line($"### Blobs, {results.Machine.Date}");
        text.Line();
        text.Line($"{results.Machine}. One partition on append blobs of Azurite, an operation takes {results.OperationMs:0.#} ms or more; {results.PayloadOctets:N0} octets, open loop, Poisson arrivals; {rounds} interleaved rounds of {seconds:0.#} s, times are medians.");
        text.Line();
        text.Line($"| messages/s | messages | operations per message | octets written per message | p50 / p99 ms to durable | p99 ÷ {results.OperationMs:0.#} ms | operation, p50 ms |");
        text.Line($"| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in results.Rows)
            text.Line($"| {row.PerSecond:N0} | {row.Messages:N0} | {row.OperationsPerMessage:0.000} | {row.OctetsPerMessage:N0} | {row.DurableP50Ms:0.0} / {row.DurableP99Ms:0.0} | {row.DurableP99Ms / results.OperationMs:0.00} | {row.OperationP50Ms:0.0} |");
        text.Line();
        text.Line($"A message that is read back costs {results.ReadsPerRead:0.00} operations.");
        text.Line();
        Goal.Write(text, Goals(results));
        return text.ToString();
    }

    private static List<Goal> Goals(BlobResults results) =>
    [
        new("operations per message at 250/s", GoalBound.AtMost, 0.2, At(results, 250)?.OperationsPerMessage),
        new("operations per message at 1,000/s", GoalBound.AtMost, 0.05, At(results, 1000)?.OperationsPerMessage),
        new("p99 to durable ÷ time of an operation, at any rate", GoalBound.AtMost, 4, results.Rows.Max(row => row.DurableP99Ms) / results.OperationMs),
    ];

    private static BlobRow? At(BlobResults results, double perSecond) => results.Rows.FirstOrDefault(row => row.PerSecond == perSecond);
}
