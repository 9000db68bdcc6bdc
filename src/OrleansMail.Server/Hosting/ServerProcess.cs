using System.Diagnostics;
using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Server.Hosting.Lifetime;

namespace OrleansMail.Server.Hosting;

/// <summary>The process from its start to its end.</summary>
internal static class ServerProcess
{
    /// <summary>Runs until it is told to end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ServerCommand command)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await using var server = await ServerComposition.ComposeAsync(command, CancellationToken.None);
            await server.Application.StartAsync();
            await Console.Out.WriteAsync(StartBanner.Create(server, Stopwatch.GetElapsedTime(started)));
            await server.Application.WaitForShutdownAsync();
            return ExitCodes.Success;
        }
        catch (Exception exception) when (StartupFailures.Explain(exception) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }
}
