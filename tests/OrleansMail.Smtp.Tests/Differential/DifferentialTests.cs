using System.Text;
using OrleansMail.Conformance;
using OrleansMail.Smtp.Tests.Golden;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>The transcripts played to us and to receivers that others wrote: where we differ, we mean to.</summary>
public sealed class DifferentialTests
{
    [Theory]
    [InlineData("twisted")]
    [InlineData("aiosmtpd")]
    public async Task We_differ_from_others_only_where_the_list_says_so_and_why(string peer)
    {
        await using var theirs = await PeerContestant.StartAsync(peer, $"{peer}_peer.py");
        await using var ours = new EngineContestant(await SmtpListener.StartAsync());
        var listed = DeliberateDifference.Load().Where(one => one.Peer == peer).ToList();
        var seen = new HashSet<DeliberateDifference>();
        var unlisted = new StringBuilder();
        foreach (var one in TranscriptCase.LoadFolder().Where(static one => one.Listener == "smtp"))
        {
            var sides = await Task.WhenAll(ours.PlayAsync(one), theirs.PlayAsync(one));
            if (sides.All(side => side.Recording.Skipped is null) && FindUnlisted(Difference.FindAll(one.Id, sides[0], sides[1]), listed, seen) is { } difference)
                unlisted.Append(Shown(difference, sides)).Append('\n');
        }

        Assert.True(unlisted.Length == 0, $"Differences from {peer} that are not in differences.json:\n{unlisted}");
        Assert.Empty(listed.Where(one => !one.Sometimes).Except(seen)); // listed, but does not occur
    }

    [Fact]
    public void The_page_of_differences_is_the_list() =>
        GoldenFile.Check(Path.Combine(Repository.Root, "docs", "differences.md"), DifferencePage.Write(DeliberateDifference.Load()));

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
}
