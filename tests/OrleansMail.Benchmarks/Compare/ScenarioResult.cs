using OrleansMail.Benchmarks.Compare.Scenarios;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>What came of a scenario.</summary>
/// <param name="Name">The scenario's.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Load">The load, as a sentence.</param>
/// <param name="Rows">Who took part.</param>
/// <param name="LeftOut">Who did not, and why.</param>
/// <param name="Goals">What was wanted.</param>
internal sealed record ScenarioResult(
    string Name, string Title, string Load, IReadOnlyList<Row> Rows, IReadOnlyDictionary<string, string> LeftOut, IReadOnlyList<Goal> Goals)
{
    /// <summary>Of contestants that were measured.</summary>
    public static ScenarioResult Of(Scenario scenario, IReadOnlyList<Contestant> contestants)
    {
        Row[] rows = [.. contestants.Where(contestant => contestant.Samples.Count > 0).Select(Row.Of)];
        var leftOut = contestants.Where(contestant => contestant.Peer.Missing is not null).ToDictionary(contestant => contestant.Name, contestant => contestant.Peer.Missing!);
        return new(scenario.Name, scenario.Title, Describe(contestants), rows, leftOut, scenario.Goals(new Figures(rows)));
    }

    private static string Describe(IReadOnlyList<Contestant> contestants)
    {
        var load = contestants[0].Load;
        var recipients = string.Join(" or ", contestants.Select(contestant => contestant.Load.Recipients).Distinct().Order());
        var bound = load.Messages == 0 ? "" : FormattableString.Invariant($" or {load.Messages:N0} messages, whichever ends first");
        return FormattableString.Invariant(
            $"{load.Size:N0} octets, {load.Connections} connections, {recipients} recipient(s) of {load.Mailboxes} mailboxes, pipelining on, {load.MessagesPerConnection} message(s) per connection, rounds of {load.Duration.TotalSeconds:0.#} s{bound}");
    }
}
