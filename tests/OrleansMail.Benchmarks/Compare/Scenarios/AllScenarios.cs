using OrleansMail.Benchmarks.Load;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Compare.Scenarios;

/// <summary>The loads that peers are compared under, and what is wanted of OrleansMail in each.</summary>
internal static class AllScenarios
{
    private const int LargeMessage = 1024 * 1024;

    // What a peer keeps of one round: the disk must hold all rounds of all peers.
    private const long LargeRound = 1L << 30;

    private const int ManyRecipients = 10;
    private const string ManyRecipientsSuffix = ", 10 recipients";
    private static readonly string[] Receivers = [PeerNames.OrleansMail, PeerNames.Sink, PeerNames.Postfix, PeerNames.Haraka, PeerNames.Aiosmtpd];

    // Postfix discards what it accepted; the others would keep gigabytes.
    private static readonly string[] LargeReceivers = [PeerNames.OrleansMail, PeerNames.FileSink, PeerNames.Postfix];

    /// <summary>All, in the order of the report.</summary>
    public static IReadOnlyList<Scenario> List { get; } =
    [
        new("plain", "Many messages on a connection", Enter(Receivers, load => load), PlainGoals),
        new("connect", "A connection for each message", Enter(Receivers, load => load with { MessagesPerConnection = 1 }), ConnectGoals),
        new("large", "Messages of 1 MiB", Enter(LargeReceivers, Large), LargeGoals),
        new("recipients", "Ten recipients of one domain",
            [new(PeerNames.OrleansMail, "", load => load with { Recipients = 1 }), new(PeerNames.OrleansMail, ManyRecipientsSuffix, load => load with { Recipients = ManyRecipients })],
            RecipientGoals),
    ];

    private static List<Entrant> Enter(IEnumerable<string> peers, Func<LoadOptions, LoadOptions> load) => [.. peers.Select(peer => new Entrant(peer, "", load))];

    private static LoadOptions Large(LoadOptions load) => load with { Size = LargeMessage, Messages = LargeRound / LargeMessage };

    private static List<Goal> PlainGoals(Figures figures) =>
    [
        AgainstSink(figures, "messages/s ÷ bare sink's", 0.75),
        new("CPU per message ÷ bare sink's", GoalBound.AtMost, 1.6, figures.Ratio("OrleansMail", "bare sink", row => row.CpuMicroseconds)),
        new("CPU per message ÷ Postfix's", GoalBound.AtMost, 1 / 12.0, figures.Ratio("OrleansMail", "Postfix", row => row.CpuMicroseconds)),
    ];

    private static List<Goal> ConnectGoals(Figures figures) => [AgainstSink(figures, "messages/s ÷ bare sink's", 0.75)];

    private static List<Goal> LargeGoals(Figures figures) => [AgainstSink(figures, "messages/s ÷ those of the bare sink with a synced file for each", 0.8)];

    private static List<Goal> RecipientGoals(Figures figures) =>
        [new("messages/s with 10 recipients ÷ with one", GoalBound.AtLeast, 0.7, figures.Ratio("OrleansMail" + ManyRecipientsSuffix, "OrleansMail", row => row.MessagesPerSecond))];

    private static Goal AgainstSink(Figures figures, string what, double limit) =>
        new(what, GoalBound.AtLeast, limit, figures.Ratio("OrleansMail", "bare sink", row => row.MessagesPerSecond));
}
