using System.Diagnostics;

namespace OrleansMail.Benchmarks.Load;

/// <summary>Puts an SMTP server under load over raw sockets and measures from the client's side.</summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    /// <summary>Runs a load to its end.</summary>
    public static async Task<LoadResult> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var payload = new LoadPayload(options);
        var cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var tickets = new LoadTicket(options.Messages, options.Duration);
        LoadWorker[] workers = [.. Enumerable.Range(0, options.Connections).Select(_ => new LoadWorker(options, payload, tickets))];
        try
        {
            var all = Task.WhenAll(workers.Select(worker => Task.Run(worker.RunAsync, cancellationToken)));
            await WatchAsync(all, workers, cancellationToken);
            await all;
        }
        finally
        {
            Array.ForEach(workers, worker => worker.Dispose());
        }

        return Summarize(workers, Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static async Task WatchAsync(Task all, LoadWorker[] workers, CancellationToken cancellationToken)
    {
        while (!all.IsCompleted)
        {
            await Task.WhenAny(all, Task.Delay(Watch, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var worker in workers)
                worker.CloseIfLate();
        }
    }

    private static LoadResult Summarize(LoadWorker[] workers, double seconds, double cpuSeconds)
    {
        var ok = workers.Sum(worker => worker.Ok);
        var failed = workers.Sum(worker => worker.Failed);
        return new(
            ok + failed,
            ok,
            failed,
            workers.Sum(worker => worker.Connections),
            Math.Round(seconds, 3),
            Math.Round(ok / seconds, 1),
            Percentiles.Of([.. workers.SelectMany(worker => worker.Replies)]),
            Percentiles.Of([.. workers.SelectMany(worker => worker.Transactions)]),
            Math.Round(cpuSeconds, 3),
            workers.SelectMany(worker => worker.Errors).GroupBy(error => error.Key).ToDictionary(g => g.Key, g => g.Sum(error => error.Value)));
    }
}
