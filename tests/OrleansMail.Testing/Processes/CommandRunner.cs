using System.Diagnostics;
using Xunit;

namespace OrleansMail.Testing.Processes;

/// <summary>Runs outside programs, bounded in time.</summary>
public static class CommandRunner
{
    private static readonly string[] SystemFolders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    /// <summary>The full path of a program; skips the calling test, with the reason, when it is not installed.</summary>
    /// <remarks>The system's own folders come first, so that a user's wrapper of the same name is not what is tested.</remarks>
    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed (./test.sh installs it as root).");
        return path!;
    }

    /// <summary>The full path of a program; null when it is not installed.</summary>
    public static string? Find(string program) =>
        SystemFolders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It took longer than a minute; it was ended.</exception>
    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, byte[]? input = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        var command = $"{program} {string.Join(' ', start.ArgumentList)}";
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await WriteInputAsync(process, input, timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return new CommandResult(command, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} did not end within a minute.");
        }
    }

    private static async Task WriteInputAsync(Process process, byte[]? input, CancellationToken cancellationToken)
    {
        await using var stream = process.StandardInput.BaseStream;
        if (input is not null)
            await stream.WriteAsync(input, cancellationToken);
    }
}
