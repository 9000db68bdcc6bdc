namespace OrleansMail.Benchmarks;

/// <summary>What a few noisy rounds agree on.</summary>
internal static class Median
{
    /// <summary>The middle value, or the mean of the two in the middle, to two decimals.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return Math.Round((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, 2);
    }
}
