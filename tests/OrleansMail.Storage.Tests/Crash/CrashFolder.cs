using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.CrashHost;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Tests.Crash;

/// <summary>The folder of a process that was killed or failed, opened sound by the next owner.</summary>
internal static class CrashFolder
{
    /// <summary>What <c>dotnet</c> is given to run that process, in front of its own arguments: it lies beside the test's files, and is run with what these are run with.</summary>
    public static IReadOnlyList<string> Host { get; } =
    [
        "exec", "--runtimeconfig", Beside("OrleansMail.Storage.Tests.runtimeconfig.json"), "--depsfile", Beside("OrleansMail.Storage.Tests.deps.json"), Beside("OrleansMail.CrashHost.dll"),
    ];

    /// <summary>The ids of all messages, each of which is whole, in rising sequence in its mailbox, and counted.</summary>
    public static async Task<List<string>> ReadAsync(string folder)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var options = CrashOptions.Create();
        options.KeepLogs = true; // files go at once in these tests: not under their own eyes
        using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
        await using var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
        var found = new List<string>();
        foreach (var domain in CrashOptions.Domains.Distinct())
            found.AddRange(await ReadAsync(partition, store, domain));
        Assert.Equal(found.Count, found.Distinct().Count());
        return found;
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

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

        var usage = await partition.GetUsageAsync(domain, CrashOptions.Mailbox, CancellationToken.None);
        Assert.Equal(found.Count, usage.Messages);
        return found;
    }

    private static async Task<byte[]> HashAsync(FileSystemObjectStore store, StoredMessage message)
    {
        await using var raw = await new PayloadStore(store).OpenReadAsync(message.Location, 0, message.Size, CancellationToken.None);
        return await SHA256.HashDataAsync(raw);
    }
}
