using System.Text.Json;

namespace OrleansMail.Benchmarks.Load;

/// <summary>What came of a load.</summary>
/// <param name="Messages">Transactions tried.</param>
/// <param name="Ok">Transactions whose data was answered 250.</param>
/// <param name="Failed">All others.</param>
/// <param name="Connections">Connections made in all.</param>
/// <param name="Seconds">From the first connection to the last reply.</param>
/// <param name="MessagesPerSecond"><paramref name="Ok"/> over <paramref name="Seconds"/>.</param>
/// <param name="ReplyMs">From the octets with the final dot being handed to the kernel, to the 250 being read.</param>
/// <param name="TransactionMs">From MAIL (or the connection, when a new one was needed) to the 250.</param>
/// <param name="CpuSeconds">CPU time of the load generator itself.</param>
/// <param name="Errors">What failed, and how often.</param>
internal sealed record LoadResult(
    long Messages,
    long Ok,
    long Failed,
    long Connections,
    double Seconds,
    double MessagesPerSecond,
    Percentiles ReplyMs,
    Percentiles TransactionMs,
    double CpuSeconds,
    IReadOnlyDictionary<string, int> Errors)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Web);
}

/// <summary>Some percentiles, in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P95, double P99, double Max)
{
    /// <summary>Takes them by nearest rank; all zero when there is nothing. Sorts <paramref name="values"/>.</summary>
    public static Percentiles Of(List<float> values)
    {
        values.Sort();
        return new(At(values, 0.50), At(values, 0.95), At(values, 0.99), At(values, 1));
    }

    private static double At(List<float> sorted, double fraction) =>
        sorted.Count == 0 ? 0 : Math.Round(sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * fraction) - 1, 0, sorted.Count - 1)], 3);
}
