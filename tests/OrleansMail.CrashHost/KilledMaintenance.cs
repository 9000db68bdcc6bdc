using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.CrashHost;

/// <summary>
/// Records and deletes mail until it reaches a step of demultiplexing or compaction for the n-th time, and is killed there. It prints a line each: "+id" is
/// recorded, "?id" is to be deleted, "-id" is deleted.
/// </summary>
internal static class KilledMaintenance
{
    /// <summary>Runs until it is killed.</summary>
    /// <returns>3 when the step was not reached.</returns>
    public static async Task<int> RunAsync(IObjectStore store, string name, int left)
    {
        var step = Enum.Parse<MaintenanceStep>(name);
        var options = CrashOptions.Create();
        options.Stepped = reached =>
        {
            if (reached == step && Interlocked.Decrement(ref left) == 0)
                Process.GetCurrentProcess().Kill(); // SIGKILL
        };
        using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
        var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
        var old = new Queue<MessageId>();
        for (var number = 0; number < 20_000; number++)
        {
            var domain = CrashOptions.Domains[number % CrashOptions.Domains.Count];
            var receipt = await partition.RecordAsync(domain, CrashOptions.Message(number), CancellationToken.None);
            Console.WriteLine($"+{receipt.Id}");
            if (domain == CrashOptions.Domains[0])
                old.Enqueue(receipt.Id);
            if (number % 3 == 0 && old.Count > (number % 2 == 0 ? 60 : 1))
                await DeleteAsync(partition, old.Dequeue());
            if (number % 50 == 49)
                await partition.MaintainAsync(CrashOptions.Domains[0], RetentionPolicy.Keep, CancellationToken.None);
        }

        return 3;
    }

    private static async Task DeleteAsync(IPartition partition, MessageId id)
    {
        Console.WriteLine($"?{id}");
        await partition.DeleteAsync(CrashOptions.Domains[0], id, CancellationToken.None);
        Console.WriteLine($"-{id}");
    }
}
