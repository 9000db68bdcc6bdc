using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Samples;

/// <summary>A built sample as a process on a free port, in a folder of its own.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TemporaryFolder _folder = new();

    private SampleProcess(string name, Func<int, string> portArgument)
    {
        var port = FreePorts.Take(1)[0];
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Sample(name), portArgument(port)])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
    }

    public IPEndPoint EndPoint { get; }

    public string Folder => _folder.Path;

    /// <summary>Starts a sample and waits until it takes connections.</summary>
    public static async Task<SampleProcess> StartAsync(string name, Func<int, string> portArgument)
    {
        var sample = new SampleProcess(name, portArgument);
        using var timeout = new CancellationTokenSource(StartTime);
        while (!await CanConnectAsync(sample.EndPoint))
        {
            Assert.False(sample._process.HasExited, $"{name} ended.");
            await Task.Delay(50, timeout.Token);
        }

        return sample;
    }

    /// <summary>Asks the process to end; what it printed.</summary>
    public async Task<(int ExitCode, string Output)> StopAsync()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        await Signals.SendAsync(_process.Id, "TERM");
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> CanConnectAsync(IPEndPoint endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
