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
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 50_000, "Size of a message, in the mean");
    private static readonly Option<double> Reads = new("--reads") { Description = "How often each message is read", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Kept = new("--months-kept") { Description = "How long a message is kept", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("cost", "A month of a tenant in money: measured operations and octets by list prices.")
        {
            Counts, Messages, Shared, Size, Reads, Kept, ResultFiles.Append, ResultFiles.Json,
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
        List<Month> months = [.. arguments.GetValue(Messages)!.SelectMany(messages => new[]
        {
            Month.Of(messages, "alone", CountsAt(measured, messages / SecondsPerMonth), measured, habits, prices),
            Month.Of(messages, "shared", CountsAt(measured, arguments.GetValue(Shared)), measured, habits, prices),
        })];
        await ResultFiles.WriteAsync(
            arguments, Describe(measured, habits, prices, months), new { measured.Machine, PriceList.Source, prices, habits, months }, cancellationToken);
        return 0;
    }

    // The next rate below costs more for each message, so the sum is no smaller than it would be.
    private static BlobRow CountsAt(BlobResults measured, double perSecond) =>
        measured.Rows.Where(row => row.PerSecond <= perSecond).MaxBy(row => row.PerSecond) ?? measured.Rows.MinBy(row => row.PerSecond)!;

    private static string Describe(BlobResults measured, MailHabits habits, PriceList prices, IReadOnlyList<Month> months)
    {
        var text = new Markdown();
        text.Line($"### A month of a tenant, by counts of {measured.Machine.Date}");
        text.Line();
        text.Line($"Messages of {habits.MessageOctets:N0} octets in the mean, each read {habits.Reads:0.##} time(s) and kept for {habits.MonthsKept:0.##} month(s). *Alone*: nobody else's mail is in the partition, which gets it at the tenant's mean rate. *Shared*: with others it gets {months[^1].PerSecond:N0} messages/s. Counts are of the measured rate next below, for less the lowest.");
        text.Line();
        text.Line($"US dollars: {prices.WritesPer10K} for 10,000 writes, {prices.ReadsPer10K} for 10,000 reads, {prices.StoredPerGBMonth} for a GB and month. {PriceList.Source}. List prices, change them by options (`--price-…`); no compute, no traffic out of the region.");
        text.Line();
        text.Line($"| messages | partition | counts of | writes | reads | GB kept | $ writes | $ reads | $ kept | $ in all | $ per million |");
        text.Line($"| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var month in months)
            text.Line($"| {month.Messages:N0} | {month.Setting} | {month.PerSecond:N0}/s | {month.Writes:N0} | {month.Reads:N0} | {month.StoredGB:N1} | {month.WriteDollars:N2} | {month.ReadDollars:N2} | {month.StoredDollars:N2} | {month.Dollars:N2} | {month.DollarsPerMillion:N2} |");
        return text.ToString();
    }
}
