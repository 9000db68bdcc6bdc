using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Testing.Stores;

/// <summary>
/// A real Azurite (the blob service of the emulator) in a process of its own, on loopback and a free port, with a temporary folder. It
/// ends with the test process however that ends.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    // The emulator's account, the same everywhere; not a secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Ends when its standard input does, so that nothing outlives a test process that was killed.
    private const string Launcher = "process.stdin.on('end', () => process.exit(0)).resume().unref(); require(process.argv[1]);";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-azurite-");
    private readonly string program;
    private Process? process;
    private int port;

    private AzuriteServer(string program) => this.program = program;

    /// <summary>How clients reach it; stays the same over <see cref="StopAsync"/> and <see cref="StartAsync()"/>.</summary>
    public string ConnectionString => ConnectionStringAt(port);

    /// <summary>Where it listens, on loopback.</summary>
    public int Port => port;

    /// <summary>How clients reach it through something else on loopback that passes their requests on.</summary>
    public static string ConnectionStringAt(int port) => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};");

    /// <summary>Starts one; installs it first where it is missing and npm is there.</summary>
    /// <returns>The server, or the reason why there is none: for <c>Assert.Skip</c>.</returns>
    public static async Task<(AzuriteServer? Server, string? Reason)> TryStartAsync()
    {
        var (program, reason) = await NodePackages.FindAsync("azurite/dist/src/blob/main.js");
        if (program is null)
            return (null, reason);
        var server = new AzuriteServer(program);
        try
        {
            await server.StartAsync();
            return (server, null);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port. What it had stored in its last seconds may be gone.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(StartInfo())!;
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (ListensPattern().Match(line) is not { Success: true } match)
                continue;
            port = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            Drain(process);
            return;
        }

        throw new InvalidOperationException($"Azurite did not start: {await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Ends it, with all that it acknowledged on its disk.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref process, null) is not { } running)
            return;
        // Killed, it would forget what it wrote in the last seconds, which the service it stands for does not.
        await Signals.SendAsync(running.Id, "TERM");
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await running.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        running.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Delete(recursive: true);
    }

    // Its output is of no use, but a full pipe would stop it. Both end with the process.
    private static void Drain(Process running)
    {
        _ = running.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = running.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName,
        };
        string[] arguments =
        [
            "-e", Launcher, program, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture),
            "--location", folder.FullName, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    [GeneratedRegex(@"successfully listens on http://[^:]+:(\d+)")]
    private static partial Regex ListensPattern();
}
