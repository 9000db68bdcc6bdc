using System.Globalization;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>Measures all contestants in turn, round after round, so that what the machine does besides meets each of them alike.</summary>
internal sealed class Comparison(IReadOnlyList<RunningPeer> peers, IReadOnlyList<Contestant> contestants, ComparisonOptions options)
{
    /// <summary>Starts the peers that can be had, warms them up and runs the rounds; progress goes to standard error.</summary>
    public async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var peer in peers)
            await peer.StartAsync(Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName, cancellationToken);
        var present = contestants.Where(contestant => contestant.Peer.Missing is null).ToList();
        foreach (var contestant in present)
            Report("warm-up", contestant, await contestant.WarmUpAsync(options.WarmUp, cancellationToken));
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var contestant in present)
            {
                await Cores.WaitUntilQuietAsync(options.Patience, cancellationToken);
                var sample = await contestant.MeasureAsync(cancellationToken);
                contestant.Samples.Add(sample);
                Report($"round {round}", contestant, sample);
            }
        }
    }

    private static void Report(string what, Contestant contestant, Sample sample) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-8} {contestant.Name,-26} {sample.Load.MessagesPerSecond,9:N0} msg/s {sample.CpuMicroseconds,7:N0} us  p50 {sample.Load.ReplyMs.P50:N2} ms  failed {sample.Load.Failed}  others {sample.Others * 100:0} %  {string.Join("; ", sample.Load.Errors.Keys)}"));
}

/// <summary>How often and how long.</summary>
/// <param name="Rounds">Rounds, each contestant once in each.</param>
/// <param name="WarmUp">Of each contestant, before the first round.</param>
/// <param name="Patience">How long to wait before each measure for other programs to leave the cores alone.</param>
internal sealed record ComparisonOptions(int Rounds, TimeSpan WarmUp, TimeSpan Patience);
