using System.Diagnostics;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Crash;

/// <summary><c>kill -9</c> at each step of demultiplexing, compaction, head write and checkpoint, in a real process over a real folder.</summary>
public sealed class KilledMaintenanceTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 20 : 1;

    public static TheoryData<string> Steps => [.. Enum.GetNames<MaintenanceStep>()];

    [Theory, MemberData(nameof(Steps))]
    public async Task Killed_there_again_and_again_it_loses_nothing_and_shows_nothing_twice(string step)
    {
        using var folder = new TemporaryFolder();
        var told = new Dictionary<char, HashSet<string>> { ['+'] = [], ['?'] = [], ['-'] = [] };
        foreach (var count in Enumerable.Range(0, Rounds).SelectMany(round => new[] { 1 + round, 2, 5 + round }))
        {
            await RunAsync(folder.Path, step, count, told);
            await CheckAsync(folder.Path, told);
        }
    }

    private static async Task RunAsync(string folder, string step, int count, Dictionary<char, HashSet<string>> told)
    {
        string[] arguments = [.. CrashFolder.Host, folder, step, $"{count}"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line is ['+' or '?' or '-', .. var id] && MessageId.TryParse(id, out _)) // the last line may be cut
                told[line[0]].Add(id);
        }

        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 137, $"{step}: {process.ExitCode} {await error}");
    }

    private static async Task CheckAsync(string folder, Dictionary<char, HashSet<string>> told)
    {
        var found = await CrashFolder.ReadAsync(folder);
        Assert.Empty(told['+'].Except(told['?']).Except(found));
        Assert.Empty(found.Intersect(told['-']));
    }
}
