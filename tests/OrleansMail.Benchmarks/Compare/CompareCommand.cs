using System.CommandLine;
using System.Net;
using OrleansMail.Benchmarks.Compare.Peers;
using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>The verb <c>compare</c>.</summary>
internal static class CompareCommand
{
    private static readonly string[] AllPeers = ["orleansmail", "sink", "postfix", "aiosmtpd"];
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, each peer once in each", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds of load for each peer in each round", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "Seconds of load for each peer before the first round: the just-in-time compiler takes that long", DefaultValueFactory = _ => 8 };
    private static readonly Option<double> Patience = new("--patience") { Description = "Seconds to wait before each measure for other programs to leave the cores alone; 0: none", DefaultValueFactory = _ => 15 };
    private static readonly Option<int> Connections = new("--connections") { Description = "Connections open at once", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Mailboxes = new("--mailboxes") { Description = "Mailboxes that take the mail", DefaultValueFactory = _ => 100 };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 2048, "Size of a message");
    private static readonly Option<string> Server = new("--server") { Description = "OrleansMail.Server.dll of a Release build (default: this checkout's)", DefaultValueFactory = _ => OrleansMailPeer.DefaultAssembly() };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Where the servers keep their mail: choose the disk (default: the temporary folder)" };
    private static readonly Option<string?> Append = new("--append") { Description = "Append the section to this file too, as in docs/benchmarks.md" };
    private static readonly Option<string[]> Peers = new("--peers") { Description = "Which take part", DefaultValueFactory = _ => AllPeers, AllowMultipleArgumentsPerToken = true };

    public static Command Create()
    {
        Peers.AcceptOnlyFromAmong(AllPeers);
        var command = new Command("compare", "Durable accepts per second and CPU per message of OrleansMail, the bare sink, Postfix and aiosmtpd, in interleaved rounds.")
        {
            Peers, Rounds, Seconds, WarmUp, Patience, Connections, Mailboxes, Size, Server, Folder, Append,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var rounds = arguments.GetValue(Rounds);
        var load = Read(arguments);
        var folder = MakeFolder(arguments.GetValue(Folder));
        var machine = Machine.Describe(folder);
        List<Contestant> contestants = [.. arguments.GetValue(Peers)!.Select(name => new Contestant(CreatePeer(name, arguments)))];
        try
        {
            var warmUp = TimeSpan.FromSeconds(arguments.GetValue(WarmUp));
            var patience = TimeSpan.FromSeconds(arguments.GetValue(Patience));
            await new Comparison(contestants, load, rounds, warmUp, patience).RunAsync(folder, cancellationToken);
            var report = new Report(machine, load, rounds, contestants).ToString();
            Console.Write(report);
            if (arguments.GetValue(Append) is { } path)
                await File.AppendAllTextAsync(path, "\n" + report, cancellationToken);
        }
        finally
        {
            foreach (var contestant in contestants)
                await contestant.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        return contestants.TrueForAll(contestant => contestant.Samples.TrueForAll(sample => sample.Load.Failed == 0)) ? 0 : 1;
    }

    private static LoadOptions Read(ParseResult arguments) => new()
    {
        Target = new IPEndPoint(IPAddress.Loopback, 0),
        Connections = arguments.GetValue(Connections),
        Duration = TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
        Size = (int)arguments.GetValue(Size),
        Mailboxes = arguments.GetValue(Mailboxes),
    };

    private static IPeer CreatePeer(string name, ParseResult arguments) => name switch
    {
        "orleansmail" => new OrleansMailPeer(arguments.GetValue(Server)!, arguments.GetValue(Mailboxes)),
        "sink" => new SinkPeer(),
        "postfix" => new PostfixPeer(),
        _ => new AiosmtpdPeer(),
    };

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
