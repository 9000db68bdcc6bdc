using System.Text;
using OrleansMail.Conformance;
using OrleansMail.Testing;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>The transcripts played to us and to receivers that others wrote: where we differ, we mean to.</summary>
public sealed class DifferentialTests
{
    // Copies are told apart by time, so cases that are played at once need servers of their own.
    private const int Lanes = 6;

    // Were most of them skipped, the test would say nothing.
    private const int MinCompared = 200;

    [Theory]
    [InlineData("twisted")]
    [InlineData("aiosmtpd")]
    public async Task We_differ_from_others_only_where_the_list_says_so_and_why(string peer)
    {
        var lanes = TranscriptCase.LoadFolder().Where(IsComparable).Index().GroupBy(one => one.Index % Lanes, one => one.Item);
        var comparisons = (await Task.WhenAll(lanes.Select(lane => CompareAsync(peer, lane)))).SelectMany(static lane => lane).ToList();
        var listed = DeliberateDifference.Load().Where(one => one.Peer == peer).ToList();
        var seen = new HashSet<DeliberateDifference>();
        var unlisted = new StringBuilder();
        foreach (var (one, sides, errors) in comparisons)
        {
            if (FindUnlisted(Difference.FindAll(one.Id, sides[0], sides[1]), listed, seen) is { } difference)
                unlisted.Append(Shown(difference, sides)).Append('\n').Append(errors);
        }

        Assert.True(comparisons.Count >= MinCompared, $"Only {comparisons.Count} cases were compared.");
        Assert.True(unlisted.Length == 0, $"Differences from {peer} that are not in differences.json:\n{unlisted}");
        Assert.Empty(listed.Where(one => !one.Sometimes).Except(seen)); // listed, but does not occur
    }

    [Fact]
    public void The_page_of_differences_is_the_list() =>
        GoldenFile.Check(Path.Combine(Repository.Root, "docs", "differences.md"), DifferencePage.Write(DeliberateDifference.Load()));

    // The peers have no other kind of listener.
    private static bool IsComparable(TranscriptCase one) => one.Listener == "smtp";

    private static async Task<List<Comparison>> CompareAsync(string peer, IEnumerable<TranscriptCase> cases)
    {
        await using var theirs = await PeerContestant.StartAsync(peer, $"{peer}_peer.py");
        await using var ours = new EngineContestant(await SmtpListener.StartAsync());
        var compared = new List<Comparison>();
        foreach (var one in cases)
        {
            theirs.TakeErrors();
            var sides = await Task.WhenAll(ours.PlayAsync(one), theirs.PlayAsync(one));
            if (sides.All(static side => side.Recording.Skipped is null))
                compared.Add(new(one, sides, theirs.TakeErrors()));
        }

        return compared;
    }

    // What follows a difference that leaves two servers in different states is its consequence.
    private static Difference? FindUnlisted(IEnumerable<Difference> differences, List<DeliberateDifference> listed, HashSet<DeliberateDifference> seen)
    {
        foreach (var difference in differences)
        {
            if (listed.Find(rule => rule.Covers(difference)) is not { } known)
                return difference;
            seen.Add(known);
            if (!known.GoesOn)
                return null;
        }

        return null;
    }

    private static string Shown(Difference difference, Played[] sides) =>
        $"{difference.Case}: {difference.Command}: ours {difference.Ours}, theirs {difference.Theirs}\n  ours   {Shown(sides[0])}\n  theirs {Shown(sides[1])}";

    private static string Shown(Played side) => $"{string.Join(", ", side.Recording.Events)}; copies {string.Join(' ', side.Copies.Select(copy => copy.Length / 2))}";

    private sealed record Comparison(TranscriptCase Case, Played[] Sides, string Errors);
}
