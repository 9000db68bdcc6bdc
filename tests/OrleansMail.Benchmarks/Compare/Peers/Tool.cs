using System.ComponentModel;
using System.Diagnostics;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    /// <summary>Runs it; null as exit code when there is no such program.</summary>
    public static async Task<(int? ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output + await error);
        }
        catch (Win32Exception)
        {
            return (null, "");
        }
    }
}
