using System.Net;
using OrleansMail.Benchmarks.Sink;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>The verb <c>sink</c> of this program, as a process of its own.</summary>
/// <param name="files">Whether each message gets a synced file of its own.</param>
internal sealed class SinkPeer(bool files) : IPeer
{
    private ServerProcess? _process;

    public string Name => "bare sink";

    public string Setup => files
        ? ".NET pipelines, payload only, a file per message in one write, fsync of file and directory; no addresses, no metadata, no hashes"
        : ".NET pipelines, payload only, zero-filled file, one fdatasync for all that wait; no addresses, no metadata, no hashes";

    public int ProcessId => _process!.Id;

    public async Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken)
    {
        string[] mode = files ? ["--store", SinkCommand.Files] : [];
        string[] arguments = [typeof(SinkPeer).Assembly.Location, "sink", "--listen", "127.0.0.1:0", "--folder", folder, .. mode];
        (_process, var addresses) = await ServerProcess.StartAsync("dotnet", arguments, ["SMTP"], cancellationToken);
        return ServerProcess.SmtpEndPoint(addresses);
    }

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}
