using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace OrleansMail.Testing.Processes;

/// <summary>
/// The built server as a process of its own, on free ports of loopback. It can be killed, stopped and started again on the same
/// folder; disposing ends it and removes a temporary folder.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    // A start takes 2 to 4 s on an idle machine with two cores; several start at once while the tests run in parallel.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    // The server promises to drain within 25 s.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(28);

    private readonly ServerSettings settings;
    private readonly TemporaryFolder? temporary;
    private Process process = null!;
    private ProcessOutput output = null!;

    private ServerProcess(ServerSettings settings)
    {
        this.settings = settings;
        temporary = settings.DataFolder is null ? new TemporaryFolder() : null;
        DataFolder = settings.DataFolder ?? temporary!.Path;
    }

    /// <summary>The embedded store's folder.</summary>
    public string DataFolder { get; }

    /// <summary>The SMTP listener, as printed.</summary>
    public IPEndPoint Smtp { get; private set; } = null!;

    /// <summary>The HTTP listener, as printed.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>The operating system's id of the process that runs now.</summary>
    public int ProcessId => process.Id;

    /// <summary>A client of the API with the operator's key.</summary>
    public MailApi Api { get; private set; } = null!;

    /// <summary>All that the running process has printed, both streams, in order.</summary>
    public string Output => output.ToString();

    /// <summary>Starts a server and returns when it has printed its listeners.</summary>
    public static async Task<ServerProcess> StartAsync(ServerSettings? settings = null)
    {
        var server = new ServerProcess(settings ?? new ServerSettings());
        try
        {
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that is expected to refuse, and returns its exit code and what it printed.</summary>
    public static async Task<CommandResult> RunToExitAsync(ServerSettings settings)
    {
        using var temporary = new TemporaryFolder();
        using var process = Start(settings, settings.DataFolder ?? temporary.Path);
        var output = new ProcessOutput(process);
        using var timeout = new CancellationTokenSource(StartTimeout);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new CommandResult("server", process.ExitCode, output.ToString(), "");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Starts the server again on the same folder, after <see cref="KillAsync"/> or <see cref="StopAsync"/>; the ports change.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>Ends the process at once, as a crash does (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        Discard();
    }

    /// <summary>Asks the process to end (SIGTERM) and checks that it does, in time and with exit code 0.</summary>
    /// <returns>All that it printed.</returns>
    public async Task<string> StopAsync()
    {
        await Signals.SendAsync(process.Id, "TERM");
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The server did not end within {StopTimeout} of SIGTERM:\n{Output}");
        }

        var printed = Output;
        Assert.True(process.ExitCode == 0, $"The server ended with code {process.ExitCode}:\n{printed}");
        Discard();
        return printed;
    }

    /// <summary>Waits until the server has printed something, which may have happened before.</summary>
    public Task WaitForOutputAsync(string text) => output.WaitForAsync(all => all.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
            await KillAsync();
        temporary?.Dispose();
    }

    private static Process Start(ServerSettings settings, string dataFolder)
    {
        var start = new ProcessStartInfo("dotnet", settings.CommandLine(dataFolder))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["DOTNET_ENVIRONMENT"] = settings.Development ? "Development" : "Production";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"];
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a killed process would leave its diagnostic sockets in the temporary folder
        start.Environment["DOTNET_TieredPGO"] = "0"; // short-lived: spend no time on instrumented code
        return Process.Start(start)!;
    }

    private async Task LaunchAsync()
    {
        process = Start(settings, DataFolder);
        output = new ProcessOutput(process);
        await output.WaitForAsync(all => SmtpLine().IsMatch(all) && HttpLine().IsMatch(all), StartTimeout);
        Smtp = IPEndPoint.Parse(SmtpLine().Match(Output).Groups[1].Value);
        Http = new Uri(HttpLine().Match(Output).Groups[1].Value);
        Api = new MailApi(Http, settings.Key);
    }

    private void Discard()
    {
        Api.Dispose();
        process.Dispose();
        process = null!;
    }

    [GeneratedRegex(@"^\s*SMTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex SmtpLine();

    [GeneratedRegex(@"^\s*HTTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex HttpLine();
}
