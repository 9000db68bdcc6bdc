namespace OrleansMail.Benchmarks.Compare;

/// <summary>A contestant's figures: medians over the rounds, and how far the rounds lay apart.</summary>
internal sealed record Row(
    string Name, string Setup, double MessagesPerSecond, double Slowest, double Fastest, double CpuMicroseconds, double ReplyP50Ms, double ReplyP99Ms, long Messages, long Failed, double Others)
{
    /// <summary>Of a contestant that took part.</summary>
    public static Row Of(Contestant contestant)
    {
        var samples = contestant.Samples;
        return new(
            contestant.Name,
            contestant.Peer.Setup,
            Median.Of(samples.Select(sample => sample.Load.MessagesPerSecond)),
            samples.Min(sample => sample.Load.MessagesPerSecond),
            samples.Max(sample => sample.Load.MessagesPerSecond),
            Median.Of(samples.Select(sample => sample.CpuMicroseconds)),
            Median.Of(samples.Select(sample => sample.Load.ReplyMs.P50)),
            Median.Of(samples.Select(sample => sample.Load.ReplyMs.P99)),
            samples.Sum(sample => sample.Load.Ok),
            samples.Sum(sample => sample.Load.Failed),
            Median.Of(samples.Select(sample => sample.Others)));
    }
}
