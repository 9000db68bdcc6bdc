using System.Diagnostics;
using System.Net;
using OrleansMail.Benchmarks.Compare.Peers;
using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>One peer in a comparison and what was measured of it.</summary>
internal sealed class Contestant(IPeer peer) : IAsyncDisposable
{
    private static readonly TimeSpan QuietFor = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(20);

    // A silo at rest still probes and collects: 40 ms of CPU a second is rest.
    private const double QuietCpuSeconds = 0.01;

    private IPEndPoint? _endPoint;

    public string Name => peer.Name;

    public string Setup => peer.Setup;

    /// <summary>Why it takes no part; null when it does.</summary>
    public string? Missing { get; private set; }

    public List<Sample> Samples { get; } = [];

    /// <summary>Starts the peer, or says why not.</summary>
    public async Task StartAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            _endPoint = await peer.StartAsync(folder, cancellationToken);
        }
        catch (PeerMissingException e)
        {
            Missing = e.Message;
        }
    }

    /// <summary>Measures one round. The CPU time counts until the server has come to rest: what it accepted and has yet to do is its cost too.</summary>
    public async Task<Sample> MeasureAsync(LoadOptions load, CancellationToken cancellationToken)
    {
        var before = ProcessTree.CpuSeconds(peer.ProcessId);
        var busy = Cores.BusySeconds();
        var result = await LoadGenerator.RunAsync(load with { Target = _endPoint! }, cancellationToken);
        var others = Cores.BusySeconds() - busy - result.CpuSeconds - (ProcessTree.CpuSeconds(peer.ProcessId) - before);
        var after = await CpuAtRestAsync(cancellationToken);
        return new Sample(result, (after - before) * 1e6 / Math.Max(1, result.Ok), Math.Clamp(others / result.Seconds / Environment.ProcessorCount, 0, 1));
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();

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
