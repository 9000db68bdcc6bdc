using OrleansMail.Benchmarks.Append;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Store;

/// <summary>What opening a partition takes whose logs were left as they were.</summary>
/// <param name="LogBytes">Octets of the logs.</param>
/// <param name="Records">Records in them.</param>
/// <param name="Seconds">Until it is open: median of three.</param>
internal sealed record Recovery(long LogBytes, int Records, double Seconds)
{
    private const int Count = 100_000;

    /// <summary>Fills a log of 256 MB and opens it.</summary>
    public static async Task<Recovery> MeasureAsync(string folder, CancellationToken cancellationToken)
    {
        var options = PartitionOptions.ForFolder();
        (options.KeepLogs, options.MaxLogBytes) = (true, 512L * 1024 * 1024);
        await using (var filler = await StoreFiller.OpenAsync(folder, options, cancellationToken))
            await filler.FillAsync([new Submissions(2048, mailboxes: 100)], Count, 256, progress: null, cancellationToken);
        var seconds = new List<double>();
        for (var round = 0; round < 4; round++)
        {
            await using var opened = await StoreFiller.OpenAsync(folder, options, cancellationToken);
            if (round > 0)
                seconds.Add(opened.OpenedIn / 1000);
        }

        var octets = new DirectoryInfo(folder).EnumerateFiles("*.log", SearchOption.AllDirectories).Sum(static f => f.Length);
        return new(octets, Count, Median.Of(seconds));
    }
}
