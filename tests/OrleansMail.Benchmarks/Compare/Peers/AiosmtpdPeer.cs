using System.Net;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>Debian's aiosmtpd with a handler that writes a file per message.</summary>
internal sealed class AiosmtpdPeer : IPeer
{
    private const string Python = "/usr/bin/python3";
    private ServerProcess? _process;

    public string Name => "aiosmtpd";

    public string Setup { get; private set; } = "a file per message, fsync of file and directory in a thread pool (the event loop itself would do less than half)";

    public int ProcessId => _process!.Id;

    public async Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken)
    {
        await DebianPackage.EnsureAsync("python3-aiosmtpd", cancellationToken);
        Setup = $"{await DebianPackage.VersionAsync("python3-aiosmtpd", cancellationToken)}, {Setup}";
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "aiosmtpd_sink.py"), folder];
        (_process, var addresses) = await ServerProcess.StartAsync(Python, arguments, ["SMTP"], cancellationToken);
        return ServerProcess.SmtpEndPoint(addresses);
    }

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}
