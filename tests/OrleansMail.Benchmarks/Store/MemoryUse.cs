using OrleansMail.Benchmarks.Append;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Store;

/// <summary>The resident set while messages are recorded.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Samples">Megabytes after each tenth of them.</param>
/// <param name="Growth">The mean of the last three samples over the mean of the third to the fifth.</param>
internal sealed record MemoryUse(int Messages, IReadOnlyList<double> Samples, double Growth)
{
    /// <summary>Records messages into 1,000 mailboxes of 10 domains.</summary>
    public static async Task<MemoryUse> MeasureAsync(string folder, int count, CancellationToken cancellationToken)
    {
        var domains = Enumerable.Range(0, 10).Select(_ => new Submissions(2048, mailboxes: 100)).ToList();
        var samples = new List<double>();
        await using (var filler = await StoreFiller.OpenAsync(folder, PartitionOptions.ForFolder(), cancellationToken))
        {
            await filler.FillAsync(domains, count, 64, Sample, cancellationToken);
        }

        return new(count, samples, samples.Count < 10 ? 1 : samples[^3..].Average() / samples[2..5].Average());

        void Sample(int done)
        {
            if (done * 10L / count > samples.Count)
                samples.Add(Math.Round(Environment.WorkingSet / 1048576.0));
        }
    }
}
