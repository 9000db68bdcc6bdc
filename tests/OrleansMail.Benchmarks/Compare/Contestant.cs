using System.Diagnostics;
using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>A peer under one load, and what was measured of it.</summary>
/// <param name="peer">The peer; it may stand here with other loads too.</param>
/// <param name="name">Its row in the table.</param>
/// <param name="load">The load, for one round.</param>
internal sealed class Contestant(RunningPeer peer, string name, LoadOptions load)
{
    private static readonly TimeSpan QuietFor = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(20);

    // A silo at rest still probes and collects: 40 ms of CPU a second is rest.
    private const double QuietCpuSeconds = 0.01;

    public string Name => name;

    public RunningPeer Peer => peer;

    public LoadOptions Load => load;

    public List<Sample> Samples { get; } = [];

    /// <summary>Measures one round. The CPU time counts until the server has come to rest: what it accepted and has yet to do is its cost too.</summary>
    public Task<Sample> MeasureAsync(CancellationToken cancellationToken) => MeasureAsync(load, cancellationToken);

    /// <summary>Runs the server's code hot; what it writes is bounded as in a round.</summary>
    public Task<Sample> WarmUpAsync(TimeSpan duration, CancellationToken cancellationToken) => MeasureAsync(load with { Duration = duration }, cancellationToken);

    private async Task<Sample> MeasureAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var before = ProcessTree.CpuSeconds(peer.ProcessId);
        var busy = Cores.BusySeconds();
        var result = await LoadGenerator.RunAsync(options with { Target = peer.EndPoint }, cancellationToken);
        var others = Cores.BusySeconds() - busy - result.CpuSeconds - (ProcessTree.CpuSeconds(peer.ProcessId) - before);
        var after = await CpuAtRestAsync(cancellationToken);
        return new Sample(result, (after - before) * 1e6 / Math.Max(1, result.Ok), Math.Clamp(others / result.Seconds / Environment.ProcessorCount, 0, 1));
    }

    private async Task<double> CpuAtRestAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var now = ProcessTree.CpuSeconds(peer.ProcessId);
        double before;
        do
        {
            before = now;
            await Task.Delay(QuietFor, cancellationToken);
            now = ProcessTree.CpuSeconds(peer.ProcessId);
        }
        while (now - before > QuietCpuSeconds && Stopwatch.GetElapsedTime(began) < QuietWithin);
        return now;
    }
}

/// <summary>One round of one peer.</summary>
/// <param name="Load">The client's side.</param>
/// <param name="CpuMicroseconds">The server's CPU time for each message.</param>
/// <param name="Others">The share of all cores that neither the server nor the client had but someone else, from 0 to 1.</param>
internal sealed record Sample(LoadResult Load, double CpuMicroseconds, double Others);
