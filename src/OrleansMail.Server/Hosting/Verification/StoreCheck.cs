using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Server.Hosting.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Verification;

namespace OrleansMail.Server.Hosting.Verification;

/// <summary><c>--verify</c> and <c>--repair</c>: no silo is started, no port opened, and no key needed.</summary>
internal static class StoreCheck
{
    /// <summary>Checks the store that the settings name, mends it if asked to, and prints what was found: lines for people, and last one of JSON.</summary>
    /// <returns>The exit code: 0 sound, 1 damaged, 2 could not run.</returns>
    public static async Task<int> RunAsync(ServerCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await using var store = await OpenAsync(ReadSettings(command), cancellationToken);
            var progress = new CheckProgress(Console.Error);
            var report = command.Action == ServerAction.Repair
                ? await RepairAsync(store, progress, cancellationToken)
                : await new StoreVerifier(store, TimeProvider.System, progress.ReadAsync).VerifyAsync(cancellationToken);
            await Console.Out.WriteAsync(VerificationText.Of(report));
            await Console.Out.WriteLineAsync(report.ToJson());
            return report.IsSound ? ExitCodes.Success : ExitCodes.Damaged;
        }
        catch (Exception exception) when (StartupFailures.Explain(exception) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCodes.CouldNotCheck;
        }
    }

    private static StorageSettings ReadSettings(ServerCommand command)
    {
        var builder = ServerComposition.CreateBuilder(command);
        var result = SettingsReader.Read(builder.Configuration, builder.Environment.IsDevelopment());
        var errors = result.Errors.Where(static e => e.StartsWith($"{OrleansMailSettings.Section}:Storage:", StringComparison.Ordinal)).ToList();
        return errors.Count == 0 ? result.Settings.Storage : throw new StartupException(string.Join('\n', errors), ExitCodes.CouldNotCheck);
    }

    private static async ValueTask<IObjectStore> OpenAsync(StorageSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Connection is { } connection)
            return await BlobStore.OpenAsync(connection, cancellationToken);
        var folder = Path.GetFullPath(settings.Data);
        return Directory.Exists(folder) // opening it would make it
            ? FileSystemObjectStore.Open(folder)
            : throw new StoreUnavailableException($"The folder '{folder}' does not exist.");
    }

    private static async Task<VerificationReport> RepairAsync(IObjectStore store, CheckProgress progress, CancellationToken cancellationToken)
    {
        var repair = await new StoreRepairer(store, TimeProvider.System, progress.ReadAsync).RepairAsync(cancellationToken);
        foreach (var step in repair.Steps)
            await Console.Out.WriteLineAsync($"{step.Path}: {step.Detail}");
        return repair.After;
    }
}
