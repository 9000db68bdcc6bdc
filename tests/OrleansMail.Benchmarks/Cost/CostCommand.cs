using System.CommandLine;
using System.Text.Json;
using OrleansMail.Benchmarks.Blobs;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>The verb <c>cost</c>.</summary>
internal static class CostCommand
{
    private const double SecondsPerMonth = 30 * 24 * 3600;
    private static readonly Option<string> Counts = new("--counts") { Description = "What blobs --json wrote", Required = true };
    private static readonly Option<long[]> Messages = new("--messages") { Description = "Messages in a month", DefaultValueFactory = _ => [10_000, 1_000_000, 30_000_000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<double> Shared = new("--shared") { Description = "Messages per second of a partition that many tenants share: the nearest measured rate below is taken", DefaultValueFactory = _ => 250 };
    private static readonly Option<double> Minutes = new("--simulated-minutes") { Description = "How long the shared partition is simulated, by its own clock", DefaultValueFactory = _ => 40 };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 50_000, "Size of a message, in the mean");
    private static readonly Option<double> Reads = new("--reads") { Description = "How often each message is read", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Kept = new("--months-kept") { Description = "How long a message is kept", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("cost", "A month of a tenant in money: measured operations and octets by list prices.")
        {
            Counts, Messages, Shared, Minutes, Size, Reads, Kept, ResultFiles.Append, ResultFiles.Json,
        };
        foreach (var option in PriceList.Options)
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(arguments.GetValue(Counts)!, cancellationToken);
        var measured = JsonSerializer.Deserialize<BlobResults>(text, ResultFiles.Web)!;
        var habits = new MailHabits(arguments.GetValue(Size), arguments.GetValue(Reads), arguments.GetValue(Kept));
        var prices = PriceList.Read(arguments);
        var months = await SimulateAsync(arguments, measured, habits, prices, cancellationToken);
        await ResultFiles.WriteAsync(
            arguments, CostReport.Describe(measured, habits, prices, months), new { measured.Machine, PriceList.Source, prices, habits, months }, cancellationToken);
        return 0;
    }

    private static async Task<List<Month>> SimulateAsync(
        ParseResult arguments, BlobResults measured, MailHabits habits, PriceList prices, CancellationToken cancellationToken)
    {
        var (sizes, rate) = (arguments.GetValue(Messages)!, arguments.GetValue(Shared));
        var simulations = new Simulations((int)Math.Min(habits.MessageOctets, Contracts.Messages.Payload.MaxInline / 5));
        var retention = await simulations.RetentionAsync(sizes.Min(), cancellationToken);
        var shared = await simulations.SharedAsync(sizes, rate, TimeSpan.FromMinutes(arguments.GetValue(Minutes)), cancellationToken);
        var months = new List<Month>();
        foreach (var messages in sizes)
        {
            var alone = await simulations.AloneAsync(messages, cancellationToken);
            months.Add(Month.Of(messages, "alone", CountsAt(measured, messages / SecondsPerMonth), measured, alone, retention, habits, prices));
            months.Add(Month.Of(messages, "shared", CountsAt(measured, rate), measured, shared[messages], retention, habits, prices));
        }

        return months;
    }

    // The next rate below costs more for each message, so the sum is no smaller than it would be.
    private static BlobRow CountsAt(BlobResults measured, double perSecond) =>
        measured.Rows.Where(row => row.PerSecond <= perSecond).MaxBy(row => row.PerSecond) ?? measured.Rows.MinBy(row => row.PerSecond)!;
}
