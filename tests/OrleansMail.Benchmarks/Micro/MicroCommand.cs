using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>The verb <c>micro</c>.</summary>
internal static class MicroCommand
{
    private static readonly Option<bool> Short = new("--short") { Description = "Three iterations each: rough times, exact allocations" };
    private static readonly Option<string> Filter = new("--filter") { Description = "Which benchmarks, as a glob over their full names", DefaultValueFactory = _ => "*" };

    public static Command Create()
    {
        var command = new Command("micro", "Command lines in ns, data in GB/s, beside an implementation with strings and beside MimeKit.") { Short, Filter };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var job = (arguments.GetValue(Short) ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = DefaultConfig.Instance.AddJob(job);
        Type[] benchmarks = [typeof(LineBenchmarks), typeof(SessionBenchmarks), typeof(ContentBenchmarks)];
        var summaries = BenchmarkSwitcher.FromTypes(benchmarks).Run(["--filter", arguments.GetValue(Filter)!], config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }
}
