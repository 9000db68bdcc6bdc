using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.CrashHost;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Crash;

/// <summary><c>kill -9</c> at each step of demultiplexing, compaction, head write and checkpoint, in a real process over a real folder.</summary>
public sealed class KilledMaintenanceTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 20 : 1;

    public static TheoryData<string> Steps => [.. Enum.GetNames<MaintenanceStep>()];

    [Theory, MemberData(nameof(Steps))]
    public async Task Killed_there_again_and_again_it_loses_nothing_and_shows_nothing_twice(string step)
    {
        using var folder = new TemporaryFolder();
        var told = new Dictionary<char, HashSet<string>> { ['+'] = [], ['?'] = [], ['-'] = [] };
        foreach (var count in Enumerable.Range(0, Rounds).SelectMany(round => new[] { 1 + round, 2, 5 + round }))
        {
            await RunAsync(folder.Path, step, count, told);
            await CheckAsync(folder.Path, told);
        }
    }

    private static async Task RunAsync(string folder, string step, int count, Dictionary<char, HashSet<string>> told)
    {
        // Beside the test's own files, and with what these are run with.
        string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
        string[] arguments =
        [
            "exec", "--runtimeconfig", Beside("OrleansMail.Storage.Tests.runtimeconfig.json"), "--depsfile", Beside("OrleansMail.Storage.Tests.deps.json"),
            Beside("OrleansMail.CrashHost.dll"), folder, step, $"{count}",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line is ['+' or '?' or '-', .. var id] && MessageId.TryParse(id, out _)) // the last line may be cut
                told[line[0]].Add(id);
        }

        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 137, $"{step}: {process.ExitCode} {await error}");
    }

    private static async Task CheckAsync(string folder, Dictionary<char, HashSet<string>> told)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var options = CrashOptions.Create();
        options.KeepLogs = true; // files go at once in this test: not under its own eyes
        using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
        await using var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
        var found = new List<string>();
        foreach (var domain in CrashOptions.Domains.Distinct())
            found.AddRange(await ReadAsync(partition, store, domain));

        Assert.Empty(told['+'].Except(told['?']).Except(found));
        Assert.Empty(found.Intersect(told['-']));
        Assert.Equal(found.Count, found.Distinct().Count());
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
                if (found.Count % 50 == 0)
                    Assert.Equal(message.Sha256.ToArray(), await HashAsync(partition, store, domain, message));
            }

            more = page.More;
        }

        var usage = await partition.GetUsageAsync(domain, CrashOptions.Mailbox, CancellationToken.None);
        Assert.Equal(found.Count, usage.Messages);
        return found;
    }

    // The background goes on meanwhile, with files that go at once: where a message is, is asked for again.
    private static async Task<byte[]> HashAsync(IPartition partition, FileSystemObjectStore store, DomainKey domain, StoredMessage message)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var raw = await new PayloadStore(store).OpenReadAsync(message.Location, 0, message.Size, CancellationToken.None);
                return await SHA256.HashDataAsync(raw);
            }
            catch (PayloadDamagedException) when (attempt < 10)
            {
                message = (await partition.FindAsync(domain, message.Id, CancellationToken.None))!;
            }
        }
    }
}
