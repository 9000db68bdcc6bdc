using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.CrashHost;

/// <summary>
/// Several senders record mail while the folder fails, and go on until enough is recorded behind the first refusal. It prints a line each: "+id" is recorded,
/// "!kind" was refused, "." it is over.
/// </summary>
internal static class RefusedMail
{
    private const int Senders = 4;
    private const int Most = 3000;
    private static int number;
    private static int behind;
    private static bool isRefused;

    /// <summary>Records, and is killed at the end, so that what is in the folder is what was there at the last reply.</summary>
    /// <param name="store">The folder.</param>
    /// <param name="wanted">How much is recorded behind the first refusal.</param>
    /// <param name="octets">Of each message.</param>
    public static async Task<int> RunAsync(IObjectStore store, int wanted, int octets)
    {
        var options = CrashOptions.Create();
        options.ProbeInterval = TimeSpan.FromMilliseconds(20);
        using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
        var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync(partition, wanted, octets))));
        Console.WriteLine(".");
        Process.GetCurrentProcess().Kill(); // SIGKILL
        return 3;
    }

    private static async Task SendAsync(IPartition partition, int wanted, int octets)
    {
        while (Interlocked.Increment(ref number) is var own && own < Most && Volatile.Read(ref behind) < wanted)
        {
            try
            {
                var receipt = await partition.RecordAsync(CrashOptions.Domains[own % CrashOptions.Domains.Count], CrashOptions.Message(own, octets), CancellationToken.None);
                Console.WriteLine($"+{receipt.Id}");
                if (Volatile.Read(ref isRefused))
                    Interlocked.Increment(ref behind);
            }
            catch (StoreUnavailableException exception)
            {
                Volatile.Write(ref isRefused, true);
                Console.WriteLine($"!{exception.GetType().Name}");
                await Task.Delay(20); // as a client that comes again
            }
        }
    }
}
