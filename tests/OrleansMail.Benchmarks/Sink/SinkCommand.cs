using System.CommandLine;
using System.Net;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>The verb <c>sink</c>.</summary>
internal static class SinkCommand
{
    /// <summary>The mode for messages that are too large to be copied.</summary>
    public const string Files = "files";

    private const string Log = "log";
    private static readonly Option<IPEndPoint> Listen = OptionTypes.EndPointOption("--listen", "127.0.0.1:2526", "Where to listen; port 0 takes a free one");
    private static readonly Option<string> Store = new("--store") { Description = "log: one file, synced once for all that wait; files: one for each message, file and directory synced", DefaultValueFactory = _ => Log };
    private static readonly Option<long> Capacity = OptionTypes.OctetsOption("--capacity", 256 * 1024 * 1024, "Length of the log, made and filled at the start, written round");
    private static readonly Option<string> Folder = new("--folder") { Description = "Where the files are made; they are deleted at the end (default: the temporary folder)", DefaultValueFactory = _ => Path.GetTempPath() };

    public static Command Create()
    {
        Store.AcceptOnlyFromAmong(Log, Files);
        var command = new Command("sink", "The ceiling: a bare SMTP sink, durable before 250 and otherwise as little as can be.") { Listen, Store, Capacity, Folder };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var store = CreateStore(arguments);
        await new SinkServer(store).RunAsync(arguments.GetValue(Listen)!, endPoint => Console.WriteLine($"  SMTP    {endPoint}"), cancellationToken);
        Console.WriteLine($"  {store}");
        return 0;
    }

    private static ISinkStore CreateStore(ParseResult arguments)
    {
        var folder = arguments.GetValue(Folder)!;
        return arguments.GetValue(Store) == Files
            ? new FilePerMessage(folder)
            : new GroupCommit(new SyncedFile(Path.Combine(folder, Path.GetRandomFileName()), arguments.GetValue(Capacity)));
    }
}
