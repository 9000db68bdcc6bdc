using System.CommandLine;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Store;

/// <summary>The verb <c>store</c>: whether anything costs more when there is more mail.</summary>
internal static class StoreCommand
{
    private static readonly Option<int[]> Counts = new("--counts") { Description = "Messages of one mailbox that are read", DefaultValueFactory = _ => [10_000, 1_000_000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Memory = new("--memory") { Description = "Messages recorded while memory is watched; 0 leaves it out", DefaultValueFactory = _ => 400_000 };
    private static readonly Option<int> Spread = new("--spread") { Description = "Messages recorded at random into 100,000 mailboxes of 10,000 domains, and into one; 0 leaves it out", DefaultValueFactory = _ => 200_000 };
    private static readonly Option<bool> Recover = new("--recovery") { Description = "Whether recovery is measured", DefaultValueFactory = _ => true };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Where the stores are made (default: the temporary folder)" };

    public static Command Create()
    {
        var command = new Command("store", "Reading, reopening, recovery, memory and many mailboxes against the number of messages.")
        {
            Counts, Memory, Spread, Recover, Folder, ResultFiles.Append, ResultFiles.Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(arguments.GetValue(Folder) ?? Path.GetTempPath(), Path.GetRandomFileName())).FullName;
        var machine = Machine.Describe(folder);
        try
        {
            var readings = new List<Reading>();
            foreach (var count in arguments.GetValue(Counts)!.Where(static c => c > 0))
                readings.Add(await Reading.MeasureAsync(NewFolder(folder), count, cancellationToken));
            var recovery = arguments.GetValue(Recover) ? await Recovery.MeasureAsync(NewFolder(folder), cancellationToken) : null;
            var memory = arguments.GetValue(Memory) is > 0 and var recorded ? await MemoryUse.MeasureAsync(NewFolder(folder), recorded, cancellationToken) : null;
            var spread = arguments.GetValue(Spread) is > 0 and var some ? await Spreading.MeasureAsync(() => NewFolder(folder), some, cancellationToken) : null;
            var report = StoreReport.Describe(machine, readings, recovery, memory, spread);
            await ResultFiles.WriteAsync(arguments, report, new { machine, readings, recovery, memory, spread }, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static string NewFolder(string folder) => Path.Combine(folder, Path.GetRandomFileName());
}
