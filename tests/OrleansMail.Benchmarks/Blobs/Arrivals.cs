using System.Diagnostics;
using OrleansMail.Benchmarks.Append;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>
/// Messages that come when they come, not when others are done: an open loop, with the exponential gaps of arrivals that know nothing of
/// each other (a Poisson process).
/// </summary>
/// <param name="partition">Takes them.</param>
/// <param name="submissions">The messages.</param>
/// <param name="perSecond">How many come in a second, in the mean.</param>
/// <param name="seed">The same arrivals for the same seed.</param>
internal sealed class Arrivals(IPartition partition, Submissions submissions, double perSecond, int seed)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly Random _random = new(seed);

    /// <summary>Lets them come for a while.</summary>
    /// <returns>Milliseconds from the submission of each to its being durable.</returns>
    public async Task<List<float>> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var sent = new List<Task<float>>();
        var began = Stopwatch.GetTimestamp();
        for (var due = Gap(); due < duration.TotalSeconds;)
        {
            for (var now = Stopwatch.GetElapsedTime(began).TotalSeconds; due <= now && due < duration.TotalSeconds; due += Gap())
                sent.Add(SubmitAsync(cancellationToken));
            await Task.Delay(Tick, cancellationToken);
        }

        return [.. await Task.WhenAll(sent)];
    }

    private double Gap() => -Math.Log(1 - _random.NextDouble()) / perSecond;

    private async Task<float> SubmitAsync(CancellationToken cancellationToken)
    {
        var submission = submissions.Take(1)[0];
        var began = Stopwatch.GetTimestamp();
        var receipt = await partition.RecordAsync(submissions.Domain, submission, cancellationToken);
        var took = Stopwatch.GetElapsedTime(began);
        if (receipt.Outcome != RecordOutcome.Recorded)
            throw new InvalidOperationException($"A submission was answered {receipt.Outcome}.");

        // As the gateway does when the client goes on: what stays unseen is kept for repeats.
        partition.MarkSeen([submission.Id]);
        return (float)took.TotalMilliseconds;
    }
}
