using System.ComponentModel;
using System.Diagnostics;

namespace OrleansMail.Testing.Processes;

/// <summary>Finds the npm packages of <c>tests/node</c>, installs them there from the lock file, or says why they can't be had.</summary>
public static class NodePackages
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The full path of a file for node, or the reason why there is none.</summary>
    /// <param name="file">Its path below <c>node_modules</c>.</param>
    public static async Task<(string? Path, string? Reason)> FindAsync(string file)
    {
        if (await RunAsync("node", null, "--version") is not { ExitCode: 0 })
            return (null, $"{file} needs node, which is not installed.");
        if (FindFolder() is not { } folder)
            return (null, $"The folder tests/node is not above the test's own: {file} is installed from there.");
        var program = Path.Combine(folder, "node_modules", file);
        if (File.Exists(program))
            return (program, null);

        // Test projects run side by side: one installs, the others wait.
        await using var turn = await TakeTurnAsync(folder);
        if (File.Exists(program))
            return (program, null);
        return await RunAsync("npm", folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund") switch
        {
            null => (null, $"{file} is installed by npm, which is not there."),
            { ExitCode: 0 } => File.Exists(program) ? (program, null) : (null, $"{file} is not among the packages of tests/node."),
            var failed => (null, $"{file} could not be installed: npm ci ended with {failed.ExitCode}: {failed.Error}"),
        };
    }

    private static string? FindFolder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, "tests", "node");
            if (File.Exists(Path.Combine(folder, "package-lock.json")))
                return folder;
        }

        return null;
    }

    private static async Task<FileStream> TakeTurnAsync(string folder)
    {
        using var timeout = new CancellationTokenSource(InstallTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            try
            {
                return new FileStream(
                    Path.Combine(folder, ".install.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                // Held by another process; there is no event for its end.
                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
    }

    private static async Task<Outcome?> RunAsync(string program, string? folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (folder is not null)
            start.WorkingDirectory = folder;
        using var timeout = new CancellationTokenSource(InstallTimeout);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = await process.StandardError.ReadToEndAsync(timeout.Token);
            await output;
            await process.WaitForExitAsync(timeout.Token);
            return new Outcome(process.ExitCode, error.Trim());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private sealed record Outcome(int ExitCode, string Error);
}
