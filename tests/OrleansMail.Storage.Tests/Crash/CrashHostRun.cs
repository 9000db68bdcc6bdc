using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.CrashHost;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Tests.Crash;

/// <summary>What the other process told of the mail that it sent to a folder that fails, and how the folder is found afterwards.</summary>
/// <param name="Acknowledged">Ids, in order.</param>
/// <param name="Refusals">Kinds of exceptions, in order.</param>
/// <param name="AcknowledgedBehind">How many were acknowledged behind the first refusal.</param>
internal sealed record CrashHostRun(IReadOnlyList<string> Acknowledged, IReadOnlyList<string> Refusals, int AcknowledgedBehind)
{
    /// <summary>Runs it to its end: killed by itself.</summary>
    /// <param name="program">What starts it; its own arguments are in front of those of <c>dotnet</c>.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="host">Arguments of the process.</param>
    public static async Task<CrashHostRun> RunAsync(string program, IEnumerable<string> arguments, params string[] host)
    {
        // Beside the test's own files, and with what these are run with.
        static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
        string[] dotnet =
        [
            "dotnet", "exec", "--runtimeconfig", Beside("OrleansMail.Storage.Tests.runtimeconfig.json"), "--depsfile", Beside("OrleansMail.Storage.Tests.deps.json"), Beside("OrleansMail.CrashHost.dll"),
        ];
        var start = new ProcessStartInfo(program, [.. arguments, .. dotnet, .. host]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // it needs a large file, which a limit of files forbids
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var run = await ReadAsync(process.StandardOutput);
        await process.WaitForExitAsync();
        Assert.True(run is not null, $"{process.ExitCode} {await error}");
        return run;
    }

    /// <summary>Opens the folder sound: what was acknowledged is there once and whole.</summary>
    public async Task CheckAsync(string folder)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var options = CrashOptions.Create();
        options.KeepLogs = true; // files go at once in this test: not under its own eyes
        using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
        await using var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
        var found = new List<string>();
        foreach (var domain in CrashOptions.Domains.Distinct())
            found.AddRange(await ReadAsync(partition, store, domain));

        Assert.Empty(Acknowledged.Except(found));
        Assert.Equal(found.Count, found.Distinct().Count());
    }

    private static async Task<CrashHostRun?> ReadAsync(StreamReader output)
    {
        var (acknowledged, refusals, behind) = (new List<string>(), new List<string>(), 0);
        while (await output.ReadLineAsync() is { } line)
        {
            if (line == ".")
                return new CrashHostRun(acknowledged, refusals, behind);
            if (line is ['+', .. var id])
                acknowledged.Add(id);
            if (line is ['!', .. var kind])
                refusals.Add(kind);
            else if (refusals.Count > 0)
                behind++;
        }

        return null;
    }

    private static async Task<List<string>> ReadAsync(IPartition partition, FileSystemObjectStore store, DomainKey domain)
    {
        var (found, after, more) = (new List<string>(), 0L, true);
        while (more)
        {
            var page = await partition.ListAsync(domain, CrashOptions.Mailbox, after, 500, CancellationToken.None);
            foreach (var message in page.Items)
            {
                Assert.True(message.Sequence > after);
                after = message.Sequence;
                found.Add(message.Id.ToString());
                Assert.Equal(message.Sha256.ToArray(), await HashAsync(store, message));
            }

            more = page.More;
        }

        return found;
    }

    private static async Task<byte[]> HashAsync(FileSystemObjectStore store, StoredMessage message)
    {
        await using var raw = await new PayloadStore(store).OpenReadAsync(message.Location, 0, message.Size, CancellationToken.None);
        return await System.Security.Cryptography.SHA256.HashDataAsync(raw);
    }
}
