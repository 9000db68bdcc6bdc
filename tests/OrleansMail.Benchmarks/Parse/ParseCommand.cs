using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OrleansMail.Benchmarks.Parse;

/// <summary>The verb <c>parse</c>.</summary>
internal static class ParseCommand
{
    private static readonly Option<bool> Short = new("--short") { Description = "Three iterations each: half a minute, rough times, exact allocations" };
    private static readonly Option<string> Filter = new("--filter") { Description = "Which benchmarks, as a glob over their full names", DefaultValueFactory = _ => "*" };

    public static Command Create()
    {
        var command = new Command("parse", "Time and allocations of the protocol engine in memory: a command line, a transaction, data.") { Short, Filter };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var job = (arguments.GetValue(Short) ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = DefaultConfig.Instance.AddJob(job);
        var summaries = BenchmarkSwitcher.FromTypes([typeof(CommandBenchmarks), typeof(DataBenchmarks)]).Run(["--filter", arguments.GetValue(Filter)!], config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }
}
