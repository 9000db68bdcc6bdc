using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>A server written on a Python package of Debian's; it ends with its standard input.</summary>
internal sealed class PeerContestant : Contestant
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TemporaryFolder _spool;

    private PeerContestant(Process process, TemporaryFolder spool, int port)
    {
        _process = process;
        _spool = spool;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    protected override IPEndPoint EndPoint { get; }

    /// <summary>Starts the peer of a script beside this file; skips the test when its package is not installed.</summary>
    public static async Task<PeerContestant> StartAsync(string package, string script, [CallerFilePath] string here = "")
    {
        // The system's own: packages of Debian's are not seen by another Python.
        var python = CommandRunner.Require("python3");
        var probe = await CommandRunner.RunAsync(python, ["-c", $"import {package}"]);
        Assert.SkipWhen(probe.ExitCode != 0, $"The Python package {package} is not installed (Debian: python3-{package}; ./test.sh installs it as root).");
        var spool = new TemporaryFolder();
        var start = new ProcessStartInfo(python, [Path.Combine(Path.GetDirectoryName(here)!, script), spool.Path]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(StartTime);
        Assert.True(int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port), $"{script} said: {line}");
        return new PeerContestant(process, spool, port);
    }

    public override async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(StartTime)) is { IsCompletedSuccessfully: true } && !_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _spool.Dispose();
    }

    protected override IReadOnlyList<byte[]> TakeCopies()
    {
        var files = Directory.GetFiles(_spool.Path).Where(static file => !file.EndsWith(".part", StringComparison.Ordinal)).ToList();
        var copies = files.ConvertAll(File.ReadAllBytes);
        files.ForEach(File.Delete);
        return copies;
    }
}
