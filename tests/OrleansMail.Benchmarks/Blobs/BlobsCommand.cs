using System.CommandLine;
using System.Globalization;
using OrleansMail.Benchmarks.Reports;
using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>The verb <c>blobs</c>.</summary>
internal static class BlobsCommand
{
    private static readonly Option<double[]> Rates = new("--rates") { Description = "Messages per second, in the mean", DefaultValueFactory = _ => [5, 50, 250, 1000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, each rate once in each", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds for each rate in each round", DefaultValueFactory = _ => 20 };
    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "Seconds at each rate before the first round", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> Operation = new("--operation") { Description = "Milliseconds that an operation takes at least", DefaultValueFactory = _ => 14 };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 2048, "Size of a message");
    private static readonly Option<double?> Linger = new("--linger") { Description = "Longest time a batch is held back, in milliseconds (default: the server's)" };
    private static readonly Option<int?> LingerBelow = new("--linger-below") { Description = "A batch of this many messages is not held back (default: the server's)" };

    public static Command Create()
    {
        var command = new Command("blobs", "Storage operations and time to durable for each message of a partition on append blobs (Azurite), at several rates.")
        {
            Rates, Rounds, Seconds, WarmUp, Operation, Size, Linger, LingerBelow, ResultFiles.Append, ResultFiles.Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var machine = Machine.Describe(Path.GetTempPath());
        var (server, reason) = await AzuriteServer.TryStartAsync();
        if (server is null)
        {
            Console.Error.WriteLine(reason);
            return 1;
        }

        await using (server)
        {
            var operation = arguments.GetValue(Operation);
            using var transport = new SlowTransport(TimeSpan.FromMilliseconds(operation));
            var settings = new AzureBlobStoreOptions { Connection = server.ConnectionString, Transport = transport };
            await using var store = await AzureBlobObjectStore.OpenAsync(settings, TimeProvider.System, cancellationToken);
            var (rows, reads) = await MeasureAsync(arguments, store, transport, cancellationToken);
            var results = new BlobResults(machine, operation, (int)arguments.GetValue(Size), reads, rows);
            await ResultFiles.WriteAsync(arguments, BlobsReport.Describe(results, arguments.GetValue(Rounds), arguments.GetValue(Seconds)), results, cancellationToken);
        }

        return 0;
    }

    private static async Task<(List<BlobRow> Rows, double ReadsPerRead)> MeasureAsync(
        ParseResult arguments, AzureBlobObjectStore store, SlowTransport transport, CancellationToken cancellationToken)
    {
        List<BlobPartition> partitions =
            [.. arguments.GetValue(Rates)!.Select((rate, number) => new BlobPartition(store, transport, ReadOptions(arguments), number, rate, (int)arguments.GetValue(Size)))];
        try
        {
            foreach (var partition in partitions)
                await partition.StartAsync(TimeSpan.FromSeconds(arguments.GetValue(WarmUp)), cancellationToken);
            for (var round = 1; round <= arguments.GetValue(Rounds); round++)
            {
                foreach (var partition in partitions)
                    Progress(round, partition.PerSecond, await partition.MeasureAsync(TimeSpan.FromSeconds(arguments.GetValue(Seconds)), cancellationToken));
            }

            var reads = await partitions[^1].ReadBackAsync(cancellationToken);
            return ([.. partitions.Select(partition => BlobRow.Of(partition.PerSecond, partition.Samples))], reads);
        }
        finally
        {
            foreach (var partition in partitions)
                await partition.DisposeAsync();
        }
    }

    private static PartitionOptions ReadOptions(ParseResult arguments)
    {
        var options = PartitionOptions.ForBlobs();
        if (arguments.GetValue(Linger) is { } linger)
            options.Linger = TimeSpan.FromMilliseconds(linger);
        options.LingerBelow = arguments.GetValue(LingerBelow) ?? options.LingerBelow;
        return options;
    }

    private static void Progress(int round, double rate, BlobSample sample) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"round {round} {rate,6:0.#}/s {sample.Messages,6} messages {(double)(sample.Operations.Writes + sample.Operations.Reads) / Math.Max(1, sample.Messages):0.000} operations each  p50 {sample.DurableMs.P50:0.0} p99 {sample.DurableMs.P99:0.0} ms  operation {sample.OperationMs.P50:0.0} ms"));
}
