using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Processes;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>The order of docs/operations/backup.md, while mail flows and logs become packs.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task A_copy_made_in_order_while_mail_flows_has_all_that_was_acknowledged_before()
    {
        using var folder = new TemporaryFolder();
        var (source, mailbox) = (Path.Combine(folder.Path, "store"), NewIncarnation());
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<MessageId>();
        await using var store = FileSystemObjectStore.Open(source);
        using var partitions = new PartitionFactory(store, Options(), TimeProvider.System, NullLoggerFactory.Instance);
        await using var partition = await partitions.OpenAsync(Id, CancellationToken.None);
        var mail = Task.Run(() => FlowAsync(partition, mailbox, acknowledged, stop.Token));
        for (var round = 0; round < 3; round++)
        {
            await CountAsync(acknowledged, 200 * (round + 1));
            List<MessageId> before;
            lock (acknowledged)
                before = [.. acknowledged];

            var copy = Path.Combine(folder.Path, $"copy{round}");
            Copy(source, copy);

            var found = await ReadAsync(copy, mailbox);
            Assert.Empty(before.Except(found));
            Assert.Equal(found.Count, found.Distinct().Count());
        }

        await stop.CancelAsync();
        await mail;
    }

    private static PartitionOptions Options() => new() { MaxLogAppends = 30, MaxPackBytes = 30_000 };

    private static async Task FlowAsync(IPartition partition, Incarnation mailbox, List<MessageId> acknowledged, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var receipt = await partition.RecordAsync(Domain, Message($"message {acknowledged.Count}", mailbox), CancellationToken.None);
            lock (acknowledged)
                acknowledged.Add(receipt.Id);
        }
    }

    private static async Task CountAsync(List<MessageId> acknowledged, int count)
    {
        while (true)
        {
            lock (acknowledged)
            {
                if (acknowledged.Count >= count)
                    return;
            }

            await Task.Delay(1);
        }
    }

    private static void Copy(string from, string to)
    {
        Func<string, bool>[] passes = [path => path is "manifest" or "keys" or "state", path => path.EndsWith("/ckpt", StringComparison.Ordinal), path => path.EndsWith("/head", StringComparison.Ordinal), _ => true];
        foreach (var pass in passes)
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(from, file);
                var target = Path.Combine(to, path);
                if (path.StartsWith('~') || path.Contains("/~", StringComparison.Ordinal) || !pass(path) || File.Exists(target))
                    continue;
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }

    private static async Task<List<MessageId>> ReadAsync(string folder, Incarnation mailbox)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        using var partitions = new PartitionFactory(store, Options(), TimeProvider.System, NullLoggerFactory.Instance);
        await using var partition = await partitions.OpenAsync(Id, CancellationToken.None);
        return [.. (await ListAllAsync(partition, mailbox)).Select(m => m.Id)];
    }
}
