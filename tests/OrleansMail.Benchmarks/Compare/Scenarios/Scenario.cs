using OrleansMail.Benchmarks.Load;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Compare.Scenarios;

/// <summary>A kind of load that peers are compared under.</summary>
/// <param name="Name">As the option <c>--scenarios</c> has it.</param>
/// <param name="Title">The heading of its section.</param>
/// <param name="Entrants">Who takes part, under which load.</param>
/// <param name="Goals">What is wanted of it, from the rows by name.</param>
internal sealed record Scenario(string Name, string Title, IReadOnlyList<Entrant> Entrants, Func<Figures, IReadOnlyList<Goal>> Goals);

/// <summary>A peer under a load.</summary>
/// <param name="Peer">As the option <c>--peers</c> has it, or <see cref="PeerNames.FileSink"/>.</param>
/// <param name="Suffix">What its row says behind the peer's name.</param>
/// <param name="Load">Makes the scenario's load of the one that the options describe.</param>
internal sealed record Entrant(string Peer, string Suffix, Func<LoadOptions, LoadOptions> Load);

/// <summary>The rows of a scenario, to take ratios from.</summary>
internal sealed class Figures(IReadOnlyList<Row> rows)
{
    /// <summary>One contestant's figure over another's; null when one is missing.</summary>
    public double? Ratio(string of, string to, Func<Row, double> figure) =>
        Find(of) is { } row && Find(to) is { } baseline && figure(baseline) > 0 ? figure(row) / figure(baseline) : null;

    private Row? Find(string name) => rows.FirstOrDefault(row => row.Name == name);
}
