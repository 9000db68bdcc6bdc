using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>A child process that prints where it listens, in the server's own form: a name and an address on a line.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it and waits until it has printed an address for each name.</summary>
    /// <exception cref="PeerMissingException">It ended, or took longer than a minute.</exception>
    public static async Task<(ServerProcess Process, IReadOnlyDictionary<string, string> Addresses)> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(Start(program, arguments));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartTime);
            var addresses = await server.ReadAddressesAsync(names, limit.Token);
            _ = server.DrainAsync();
            return (server, addresses);
        }
        catch (Exception e)
        {
            server.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new PeerMissingException("it did not say within a minute where it listens");
            throw;
        }
    }

    /// <summary>Reads an address as printed.</summary>
    public static IPEndPoint SmtpEndPoint(IReadOnlyDictionary<string, string> addresses) => IPEndPoint.Parse(addresses["SMTP"]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // killed, it would leave its sockets in the temporary folder
        try
        {
            return Process.Start(start) ?? throw new PeerMissingException($"{program} did not start");
        }
        catch (Win32Exception)
        {
            throw new PeerMissingException($"{program} is not installed");
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAddressesAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        while (!names.All(addresses.ContainsKey))
        {
            var line = await _process.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new PeerMissingException("it ended before it listened");
            if (AddressLine().Match(line) is { Success: true } match)
                addresses[match.Groups[1].Value] = match.Groups[2].Value;
        }

        return addresses;
    }

    // A pipe that nobody reads would stop the server once it is full.
    private async Task DrainAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is not null)
        {
        }
    }

    [GeneratedRegex(@"^\s*([A-Z]+)\s+(\S*\d+\.\d+\.\d+\.\d+:\d+)\S*\s*$")]
    private static partial Regex AddressLine();
}
