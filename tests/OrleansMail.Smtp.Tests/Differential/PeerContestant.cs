using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>A server written on a Python package of Debian's; it ends with its standard input.</summary>
internal sealed class PeerContestant : Contestant
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private const int MaxErrors = 16 * 1024;

    private readonly Process _process;
    private readonly TemporaryFolder _spool;
    private readonly StringBuilder _errors = new();

    private PeerContestant(Process process, TemporaryFolder spool, int port)
    {
        _process = process;
        _spool = spool;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    protected override IPEndPoint EndPoint { get; }

    /// <summary>What it complained about since it was last asked, at most 16 KiB: its exceptions are shown only when a test fails.</summary>
    public string TakeErrors()
    {
        lock (_errors)
        {
            var errors = _errors.ToString();
            _errors.Clear();
            return errors;
        }
    }

    /// <summary>Starts the peer of a script beside this file; skips the test when its package is not installed.</summary>
    public static async Task<PeerContestant> StartAsync(string package, string script, [CallerFilePath] string here = "")
    {
        // The system's own: packages of Debian's are not seen by another Python.
        var python = CommandRunner.Require("python3");
        var probe = await CommandRunner.RunAsync(python, ["-c", $"import {package}"]);
        Assert.SkipWhen(probe.ExitCode != 0, $"The Python package {package} is not installed (Debian: python3-{package}; ./test.sh installs it as root).");
        var spool = new TemporaryFolder();
        var start = new ProcessStartInfo(python, [Path.Combine(Path.GetDirectoryName(here)!, script), spool.Path]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
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

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length + line.Length < MaxErrors)
                _errors.Append(line).Append('\n');
        }
    }

    protected override IReadOnlyList<byte[]> TakeCopies()
    {
        var files = Directory.GetFiles(_spool.Path).Where(static file => !file.EndsWith(".part", StringComparison.Ordinal)).ToList();
        var copies = files.ConvertAll(File.ReadAllBytes);
        files.ForEach(File.Delete);
        return copies;
    }
}
