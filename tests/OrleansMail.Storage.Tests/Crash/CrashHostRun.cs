using System.Diagnostics;

namespace OrleansMail.Storage.Tests.Crash;

/// <summary>What the other process told of the mail that it sent to a folder that fails, and how the folder is found afterwards.</summary>
/// <param name="Acknowledged">Ids, in order.</param>
/// <param name="Refusals">Kinds of exceptions, in order.</param>
/// <param name="AcknowledgedBehind">How many were acknowledged behind the first refusal.</param>
internal sealed record CrashHostRun(IReadOnlyList<string> Acknowledged, IReadOnlyList<string> Refusals, int AcknowledgedBehind)
{
    /// <summary>Runs it to its end: killed by itself.</summary>
    /// <param name="program">What starts it; its own arguments are in front of those of <c>dotnet</c>.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="host">Arguments of the process.</param>
    public static async Task<CrashHostRun> RunAsync(string program, IEnumerable<string> arguments, params string[] host)
    {
        var start = new ProcessStartInfo(program, [.. arguments, "dotnet", .. CrashFolder.Host, .. host]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // it needs a large file, which a limit of files forbids
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var run = await ReadAsync(process.StandardOutput);
        await process.WaitForExitAsync();
        Assert.True(run is not null, $"{process.ExitCode} {await error}");
        return run;
    }

    /// <summary>What was acknowledged is there once and whole.</summary>
    public async Task CheckAsync(string folder) => Assert.Empty(Acknowledged.Except(await CrashFolder.ReadAsync(folder)));

    private static async Task<CrashHostRun?> ReadAsync(StreamReader output)
    {
        var (acknowledged, refusals, behind) = (new List<string>(), new List<string>(), 0);
        while (await output.ReadLineAsync() is { } line)
        {
            if (line == ".")
                return new CrashHostRun(acknowledged, refusals, behind);
            if (line is ['+', .. var id])
                acknowledged.Add(id);
            if (line is ['!', .. var kind])
                refusals.Add(kind);
            else if (refusals.Count > 0)
                behind++;
        }

        return null;
    }
}
