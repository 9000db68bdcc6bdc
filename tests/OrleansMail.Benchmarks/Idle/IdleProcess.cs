using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OrleansMail.Benchmarks.Idle;

/// <summary>A running <c>idle-server</c>.</summary>
internal sealed class IdleProcess : IDisposable
{
    public const string WithLive = "live";
    public const int WarmUp = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int MostPauses = 15;
    private const double Steady = 64 * 1024;

    private readonly Process _process;

    private IdleProcess(Process process, int port, IdleTls clientTls)
    {
        _process = process;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        ClientTls = clientTls;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>How clients begin TLS.</summary>
    public IdleTls ClientTls { get; }

    /// <summary>Starts one.</summary>
    public static async Task<IdleProcess> StartAsync(string kind, bool tls, CancellationToken cancellationToken)
    {
        string[] arguments = [typeof(IdleProcess).Assembly.Location, IdleServerCommand.Verb, kind, .. tls ? (string[])["--tls"] : []];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"The server \"{kind}\" did not start.");
        var clientTls = !tls ? IdleTls.None : kind == IdleHost.Engine ? IdleTls.StartTls : IdleTls.Implicit;
        return new IdleProcess(process, int.Parse(port, CultureInfo.InvariantCulture), clientTls);
    }

    /// <summary>Waits until its resident set stays what it is, and measures.</summary>
    public async Task<IdleSample> SettleAsync(CancellationToken cancellationToken)
    {
        var last = double.MaxValue;
        for (var i = 0; i < MostPauses; i++)
        {
            await Task.Delay(Pause, cancellationToken);
            var resident = (await AskAsync("", cancellationToken)).Resident;
            if (Math.Abs(resident - last) < Steady)
                break;
            last = resident;
        }

        return await AskAsync(WithLive, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<IdleSample> AskAsync(string what, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(what);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The server ended.");
        return JsonSerializer.Deserialize<IdleSample>(line)!;
    }
}

/// <summary>How a client begins TLS.</summary>
internal enum IdleTls
{
    None,
    StartTls,
    Implicit,
}
