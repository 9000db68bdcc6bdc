using System.Globalization;
using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>Measures all contestants in turn, round after round, so that what the machine does besides meets each of them alike.</summary>
internal sealed class Comparison(IReadOnlyList<Contestant> contestants, LoadOptions load, int rounds, TimeSpan warmUp, TimeSpan patience)
{
    /// <summary>Starts those that can be had, warms them up and runs the rounds; progress goes to standard error.</summary>
    public async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var contestant in contestants)
            await contestant.StartAsync(Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName, cancellationToken);
        var present = contestants.Where(contestant => contestant.Missing is null).ToList();
        foreach (var contestant in present)
            Report("warm-up", contestant, await contestant.MeasureAsync(load with { Duration = warmUp }, cancellationToken));
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contestant in present)
            {
                await Cores.WaitUntilQuietAsync(patience, cancellationToken);
                var sample = await contestant.MeasureAsync(load, cancellationToken);
                contestant.Samples.Add(sample);
                Report($"round {round}", contestant, sample);
            }
        }
    }

    private static void Report(string what, Contestant contestant, Sample sample) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-8} {contestant.Name,-12} {sample.Load.MessagesPerSecond,9:N0} msg/s {sample.CpuMicroseconds,7:N0} us  p50 {sample.Load.ReplyMs.P50:N2} ms  failed {sample.Load.Failed}  others {sample.Others * 100:0} %  {string.Join("; ", sample.Load.Errors.Keys)}"));
}
