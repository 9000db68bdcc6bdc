using System.Globalization;
using System.Net;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>
/// Haraka from npm with one plugin, which takes every recipient and writes a file for each message. Its own queue is for mail that goes
/// out and would deliver it; no plugin that is not needed to receive is loaded.
/// </summary>
internal sealed class HarakaPeer : IPeer
{
    private const string Package = "Haraka";
    private const string Version = "3.3.4";
    private const string Plugin = "haraka_sink.js";
    private ServerProcess? _process;

    public string Name => "Haraka";

    public string Setup => $"{Version}, one process (two did less on two cores), one plugin that accepts and queues: a file per message, fsync of file and directory; TCP_NODELAY, no look-ups, log of errors only";

    public int ProcessId => _process!.Id;

    public async Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var package = await NpmPackage.EnsureAsync(Package, Version, cancellationToken);
        await WriteAsync(package, folder, FreePorts.Take(1)[0], cancellationToken);
        string[] arguments = [Path.Combine(package, "bin", "haraka"), "-c", folder];
        (_process, var addresses) = await ServerProcess.StartAsync("node", arguments, ["SMTP"], cancellationToken);
        return ServerProcess.SmtpEndPoint(addresses);
    }

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task WriteAsync(string package, string folder, int port, CancellationToken cancellationToken)
    {
        var config = Directory.CreateDirectory(Path.Combine(folder, "config")).FullName;
        var plugins = Directory.CreateDirectory(Path.Combine(folder, "plugins")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "queue"));
        Directory.CreateDirectory(Path.Combine(folder, "mail"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, Plugin), Path.Combine(plugins, Plugin));

        // It does not start to talk without.
        File.Copy(Path.Combine(package, "config", "connection.ini"), Path.Combine(config, "connection.ini"));
        await WriteAsync("smtp.ini", string.Create(CultureInfo.InvariantCulture, $"listen=127.0.0.1:{port}\nnodes=0\n"));
        await WriteAsync("plugins", Path.GetFileNameWithoutExtension(Plugin) + "\n");
        await WriteAsync("me", "peer.test\n");
        await WriteAsync("log.ini", "[main]\nlevel=error\n");

        Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(config, name), text, cancellationToken);
    }
}
