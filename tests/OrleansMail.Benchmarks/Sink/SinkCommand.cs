using System.CommandLine;
using System.Net;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>The verb <c>sink</c>.</summary>
internal static class SinkCommand
{
    private static readonly Option<IPEndPoint> Listen = OptionTypes.EndPointOption("--listen", "127.0.0.1:2526", "Where to listen; port 0 takes a free one");
    private static readonly Option<long> Capacity = OptionTypes.OctetsOption("--capacity", 256 * 1024 * 1024, "Length of the file, made and filled at the start, written round");
    private static readonly Option<string> Folder = new("--folder") { Description = "Where the file is made; it is deleted at the end (default: the temporary folder)", DefaultValueFactory = _ => Path.GetTempPath() };

    public static Command Create()
    {
        var command = new Command("sink", "The ceiling: a bare SMTP sink with group commit, durable before 250 and otherwise as little as can be.") { Listen, Capacity, Folder };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(arguments.GetValue(Folder)!, Path.GetRandomFileName());
        using var file = new SyncedFile(path, arguments.GetValue(Capacity));
        using var commits = new GroupCommit(file);
        await new SinkServer(commits).RunAsync(arguments.GetValue(Listen)!, endPoint => Console.WriteLine($"  SMTP    {endPoint}"), cancellationToken);
        Console.WriteLine($"  {commits.Messages} messages in {commits.Commits} commits");
        return 0;
    }
}
