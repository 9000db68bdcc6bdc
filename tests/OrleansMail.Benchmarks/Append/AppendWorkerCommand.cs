using System.CommandLine;
using System.Text.Json;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Benchmarks.Append;

/// <summary>The hidden verb <c>append-worker</c>: a process of its own for each number of records, because a heap shared between them would share their cost.</summary>
internal static class AppendWorkerCommand
{
    public const string Verb = "append-worker";
    public const string Ready = "ready";
    private static readonly Argument<string> Folder = new("folder");
    private static readonly Argument<string> Workload = new("workload");

    public static Command Create()
    {
        var command = new Command(Verb, "Measures one block for each line read, and prints it as JSON.") { Folder, Workload };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var workload = JsonSerializer.Deserialize<AppendWorkload>(arguments.GetValue(Workload)!)!;
        await using var store = FileSystemObjectStore.Open(arguments.GetValue(Folder)!);
        using var worker = new AppendWorker(store, workload);
        await worker.PrepareAsync(cancellationToken);
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync(cancellationToken) is not null)
            Console.WriteLine(JsonSerializer.Serialize(await worker.MeasureAsync(cancellationToken)));
        return 0;
    }
}
