using System.Diagnostics;
using OrleansMail.Benchmarks.Append;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Store;

/// <summary>What reading a mailbox of so many messages takes.</summary>
/// <param name="Messages">How many.</param>
/// <param name="OpenMs">Until the partition is open again: median.</param>
/// <param name="WarmMs">Until the first page of a mailbox is there, of a partition just opened: median.</param>
/// <param name="ColdMs">The same with nothing of the files in the page cache; null where that can't be emptied.</param>
/// <param name="FirstPageUs">The first page of 100 again and again, microseconds.</param>
/// <param name="AnyPageUs">Pages of 100 at random places, microseconds, where memory holds no more than a fiftieth of the mailbox's index.</param>
/// <param name="HeldPageUs">The same where memory holds what it holds by default.</param>
/// <param name="HeadBytes">Octets of the domain's head.</param>
internal sealed record Reading(int Messages, double OpenMs, double WarmMs, double? ColdMs, double FirstPageUs, double AnyPageUs, double HeldPageUs, long HeadBytes)
{
    private const int WarmUp = 4000; // until then it is compiled
    private const int Pages = 2000;
    private const int Reopenings = 5;
    private const int IndexRow = 64;
    private const int LeastIndexCache = 64 * 1024;
    private const int Size = 512;

    /// <summary>Fills a folder and reads it.</summary>
    public static async Task<Reading> MeasureAsync(string folder, int count, CancellationToken cancellationToken)
    {
        var submissions = new Submissions(Size, mailboxes: 1);
        await using (var filler = await StoreFiller.OpenAsync(folder, PartitionOptions.ForFolder(), cancellationToken))
        {
            await filler.FillAsync([submissions], count, 256, progress: null, cancellationToken);
            await filler.Partition.FlushAsync(cancellationToken);
        }

        await ReopenAsync(folder, submissions, cancellationToken); // compiles what is measured
        var (open, warm) = (new List<double>(), new List<double>());
        for (var i = 0; i < Reopenings; i++)
        {
            var reopened = await ReopenAsync(folder, submissions, cancellationToken);
            open.Add(reopened.Open);
            warm.Add(reopened.FirstPage);
        }

        var (_, held) = await PagesAsync(folder, submissions, count, PartitionOptions.ForFolder(), cancellationToken);
        var options = PartitionOptions.ForFolder();
        options.IndexCacheBytes = Math.Max(LeastIndexCache, (long)count * IndexRow / 50);
        var (first, any) = await PagesAsync(folder, submissions, count, options, cancellationToken);
        var cold = DropPageCache() ? (await ReopenAsync(folder, submissions, cancellationToken)).FirstPage : (double?)null;
        var head = new DirectoryInfo(folder).EnumerateFiles("head", SearchOption.AllDirectories).Single();
        return new(count, Median.Of(open), Median.Of(warm), cold, first, any, held, head.Length);
    }

    private static async Task<(double Open, double FirstPage)> ReopenAsync(string folder, Submissions submissions, CancellationToken cancellationToken)
    {
        await using var filler = await StoreFiller.OpenAsync(folder, PartitionOptions.ForFolder(), cancellationToken);
        return (filler.OpenedIn, await PageAsync(filler, submissions, 0, cancellationToken) / 1000);
    }

    private static async Task<(double First, double Any)> PagesAsync(
        string folder, Submissions submissions, int count, PartitionOptions options, CancellationToken cancellationToken)
    {
        await using var filler = await StoreFiller.OpenAsync(folder, options, cancellationToken);
        var (first, any) = (new List<double>(), new List<double>());
        for (var i = 0; i < WarmUp + Pages; i++)
        {
            var one = await PageAsync(filler, submissions, 0, cancellationToken);
            var other = await PageAsync(filler, submissions, Random.Shared.Next(count - 100), cancellationToken);
            if (i < WarmUp)
                continue;
            first.Add(one);
            any.Add(other);
        }

        return (Median.Of(first), Median.Of(any));
    }

    private static async Task<double> PageAsync(StoreFiller filler, Submissions submissions, long after, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var page = await filler.Partition.ListAsync(submissions.Domain, submissions.Mailboxes[0].Incarnation, after, 100, cancellationToken);
        var microseconds = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        return page.Items.Count == 100 ? microseconds : throw new InvalidOperationException($"A page has {page.Items.Count} messages.");
    }

    private static bool DropPageCache()
    {
        try
        {
            File.WriteAllText("/proc/sys/vm/drop_caches", "3");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
