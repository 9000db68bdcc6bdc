using OrleansMail.Benchmarks.Append;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Store;

/// <summary>Messages per second into one mailbox, and at random into 100,000 mailboxes of 10,000 domains; medians of interleaved rounds.</summary>
/// <param name="Messages">Of each round.</param>
/// <param name="One">Into one mailbox.</param>
/// <param name="Many">Into many.</param>
internal sealed record Spreading(int Messages, double One, double Many)
{
    private const int Domains = 10_000;
    private const int Rounds = 3;

    /// <summary>Records into both kinds of store in turn.</summary>
    public static async Task<Spreading> MeasureAsync(Func<string> newFolder, int count, CancellationToken cancellationToken)
    {
        List<Submissions> single = [new(2048, mailboxes: 1)];
        var many = Enumerable.Range(0, Domains).Select(_ => new Submissions(2048, mailboxes: 10)).ToList();
        await using var one = await StoreFiller.OpenAsync(newFolder(), PartitionOptions.ForFolder(), cancellationToken);
        await using var other = await StoreFiller.OpenAsync(newFolder(), PartitionOptions.ForFolder(), cancellationToken);
        var (ones, others) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ones.Add(await one.FillAsync(single, count, 64, progress: null, cancellationToken));
            others.Add(await other.FillAsync(many, count, 64, progress: null, cancellationToken));
        }

        return new(count, Median.Of(ones), Median.Of(others));
    }
}
