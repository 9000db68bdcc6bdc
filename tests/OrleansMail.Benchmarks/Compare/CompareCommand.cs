using System.CommandLine;
using System.Net;
using OrleansMail.Benchmarks.Compare.Peers;
using OrleansMail.Benchmarks.Compare.Scenarios;
using OrleansMail.Benchmarks.Load;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>The verb <c>compare</c>.</summary>
internal static class CompareCommand
{
    private static readonly string[] AllNames = [.. AllScenarios.List.Select(scenario => scenario.Name)];
    private static readonly Option<string[]> ScenarioNames = new("--scenarios") { Description = "Which loads, one after the other", DefaultValueFactory = _ => AllNames, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Peers = new("--peers") { Description = "Which take part", DefaultValueFactory = _ => PeerNames.All, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, each peer once in each", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds of load for each peer in each round", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "Seconds of load for each peer before the first round: the just-in-time compiler takes that long", DefaultValueFactory = _ => 8 };
    private static readonly Option<double> Patience = new("--patience") { Description = "Seconds to wait before each measure for other programs to leave the cores alone; 0: none", DefaultValueFactory = _ => 15 };
    private static readonly Option<int> Connections = new("--connections") { Description = "Connections open at once", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Mailboxes = new("--mailboxes") { Description = "Mailboxes that take the mail", DefaultValueFactory = _ => 100 };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 2048, "Size of a message, where the scenario does not say");
    private static readonly Option<string> Server = new("--server") { Description = "OrleansMail.Server.dll of a Release build (default: this checkout's)", DefaultValueFactory = _ => OrleansMailPeer.DefaultAssembly() };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Where the servers keep their mail: choose the disk (default: the temporary folder)" };

    public static Command Create()
    {
        Peers.AcceptOnlyFromAmong(PeerNames.All);
        ScenarioNames.AcceptOnlyFromAmong(AllNames);
        var command = new Command("compare", "Durable accepts per second and CPU per message of OrleansMail, the bare sink, Postfix, Haraka and aiosmtpd, in interleaved rounds.")
        {
            ScenarioNames, Peers, Rounds, Seconds, WarmUp, Patience, Connections, Mailboxes, Size, Server, Folder, ResultFiles.Append, ResultFiles.Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (chosen, peers) = (arguments.GetValue(ScenarioNames)!, arguments.GetValue(Peers)!);
        var machine = Machine.Describe(arguments.GetValue(Folder) ?? Path.GetTempPath());
        var results = new List<ScenarioResult>();
        foreach (var scenario in AllScenarios.List.Where(scenario => chosen.Contains(scenario.Name) && scenario.Entrants.Any(entrant => peers.Includes(entrant.Peer))))
        {
            Console.Error.WriteLine($"{scenario.Name}: {scenario.Title}");
            results.Add(await RunAsync(scenario, arguments, cancellationToken));
        }

        var rounds = arguments.GetValue(Rounds);
        await ResultFiles.WriteAsync(arguments, Report.Describe(machine, rounds, results), new { machine, rounds, scenarios = results }, cancellationToken);
        return results.TrueForAll(result => result.Rows.All(row => row.Failed == 0)) ? 0 : 1;
    }

    private static async Task<ScenarioResult> RunAsync(Scenario scenario, ParseResult arguments, CancellationToken cancellationToken)
    {
        var entrants = scenario.Entrants.Where(entrant => arguments.GetValue(Peers)!.Includes(entrant.Peer)).ToList();
        var peers = entrants.Select(entrant => entrant.Peer).Distinct()
            .ToDictionary(name => name, name => new RunningPeer(PeerNames.Create(name, arguments.GetValue(Server)!, arguments.GetValue(Mailboxes))));
        var load = ReadLoad(arguments);
        List<Contestant> contestants = [.. entrants.Select(entrant => new Contestant(peers[entrant.Peer], peers[entrant.Peer].Name + entrant.Suffix, entrant.Load(load)))];
        var folder = MakeFolder(arguments.GetValue(Folder));
        try
        {
            await new Comparison([.. peers.Values], contestants, ReadOptions(arguments)).RunAsync(folder, cancellationToken);
            return ScenarioResult.Of(scenario, contestants);
        }
        finally
        {
            foreach (var peer in peers.Values)
                await peer.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LoadOptions ReadLoad(ParseResult arguments) => new()
    {
        Target = new IPEndPoint(IPAddress.Loopback, 0),
        Connections = arguments.GetValue(Connections),
        Duration = TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
        Size = (int)arguments.GetValue(Size),
        Mailboxes = arguments.GetValue(Mailboxes),
    };

    private static ComparisonOptions ReadOptions(ParseResult arguments) => new(
        arguments.GetValue(Rounds), TimeSpan.FromSeconds(arguments.GetValue(WarmUp)), TimeSpan.FromSeconds(arguments.GetValue(Patience)));

    private static string MakeFolder(string? parent)
    {
        var path = Path.Combine(parent ?? Path.GetTempPath(), Path.GetRandomFileName());
        Directory.CreateDirectory(path);

        // Postfix's daemons run as its own user and must reach their queue.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
