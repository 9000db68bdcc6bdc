using System.CommandLine;
using System.Globalization;
using System.Text;

namespace OrleansMail.Benchmarks.Append;

/// <summary>The verb <c>append</c>.</summary>
internal static class AppendCommand
{
    private static readonly Option<int[]> Records = new("--records") { Description = "Records that are there before", DefaultValueFactory = _ => [0, 100_000, 1_000_000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, each number of records once in each", DefaultValueFactory = _ => 9 };
    private static readonly Option<int> Block = new("--block") { Description = "Records appended in each round", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> InFlight = new("--in-flight") { Description = "Deliveries that wait at once", DefaultValueFactory = _ => 32 };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 512, "Size of a payload");
    private static readonly Option<int> WarmUp = new("--warm-up") { Description = "Records appended to another partition first", DefaultValueFactory = _ => 100_000 };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Where the stores are made (default: the temporary folder)" };
    private static readonly Option<string?> Append = new("--append") { Description = "Append the section to this file too, as in docs/benchmarks.md" };

    public static Command Create()
    {
        var command = new Command("append", "CPU and allocations of one append to a partition's log, with few and with many records already there.")
        {
            Records, Rounds, Block, InFlight, Size, WarmUp, Folder, Append,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(arguments.GetValue(Folder) ?? Path.GetTempPath(), Path.GetRandomFileName())).FullName;
        var machine = Machine.Describe(folder);
        List<AppendProcess> processes = [.. arguments.GetValue(Records)!.Select(records => new AppendProcess(Read(arguments, records)))];
        try
        {
            foreach (var process in processes)
                await process.StartAsync(Path.Combine(folder, process.Records.ToString(CultureInfo.InvariantCulture)), cancellationToken);
            for (var round = 0; round < arguments.GetValue(Rounds); round++)
            {
                foreach (var process in processes)
                    process.Samples.Add(await process.MeasureAsync(cancellationToken));
            }

            var report = Describe(machine, Read(arguments, 0), processes);
            Console.Write(report);
            if (arguments.GetValue(Append) is { } path)
                await File.AppendAllTextAsync(path, "\n" + report, cancellationToken);
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static AppendWorkload Read(ParseResult arguments, int records) => new(
        records, arguments.GetValue(Block), arguments.GetValue(InFlight), (int)arguments.GetValue(Size), arguments.GetValue(WarmUp));

    private static string Describe(Machine machine, AppendWorkload workload, List<AppendProcess> processes)
    {
        var text = new StringBuilder();
        Line(text, $"### Log append, {machine.Date}");
        Line(text, $"");
        Line(text, $"{machine}. {workload.Size:N0} octets of payload, {workload.InFlight} deliveries at once; medians of {processes[0].Samples.Count} interleaved blocks of {workload.Block:N0} records.");
        Line(text, $"");
        Line(text, $"| records there | CPU µs/record | ratio | allocated B/record | ratio | records/s |");
        Line(text, $"| ---: | ---: | ---: | ---: | ---: | ---: |");
        var first = Summary(processes[0]);
        foreach (var process in processes)
        {
            var (cpu, allocated, rate) = Summary(process);
            Line(text, $"| {process.Records:N0} | {cpu:N1} | {cpu / first.Cpu:0.00} | {allocated:N0} | {allocated / first.Allocated:0.00} | {rate:N0} |");
        }

        return text.ToString();
    }

    private static (double Cpu, double Allocated, double Rate) Summary(AppendProcess process) => (
        Median.Of(process.Samples.Select(sample => sample.CpuMicroseconds)),
        Median.Of(process.Samples.Select(sample => sample.AllocatedBytes)),
        Median.Of(process.Samples.Select(sample => sample.RecordsPerSecond)));

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
