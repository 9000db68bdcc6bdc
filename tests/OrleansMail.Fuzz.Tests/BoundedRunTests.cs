using System.Globalization;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Fuzz.Tests;

/// <summary>A few seconds of fuzzing for each target: what CI can afford. Hours of it are a command in docs/fuzzing.md.</summary>
public sealed class BoundedRunTests
{
    private static readonly int Seconds = Repository.LongTests ? 40 : 2;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public async Task Seconds_of_fuzzing_find_nothing(string target)
    {
        CommandRunner.Require("afl-fuzz");
        using var work = new TemporaryFolder();
        var result = await RunAsync(target, work.Path);
        Assert.SkipWhen(result.ExitCode == 2, $"AFL++ does not run here:\n{result}");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Matches($@"(?m)^{target}: [1-9]\d* runs, ", result.Output);
    }

    private static Task<CommandResult> RunAsync(string target, string work)
    {
        // The script takes its folder from the environment, which this process must not change for others.
        var script = Path.Combine(Repository.Root, "tests", "OrleansMail.Fuzz", "fuzz.sh");
        return CommandRunner.RunAsync("/usr/bin/env", [$"FUZZ_WORK={work}", "bash", script, "-n", "-t", Seconds.ToString(CultureInfo.InvariantCulture), target]);
    }
}
