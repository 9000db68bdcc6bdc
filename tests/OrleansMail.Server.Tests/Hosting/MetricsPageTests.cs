using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Grains.Maintenance;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>docs/operations/metrics.md has a row for each instrument there is, and no other.</summary>
public sealed partial class MetricsPageTests
{
    [Fact]
    public async Task The_metrics_page_has_a_row_for_each_instrument_with_its_kind_and_unit()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var instruments = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "OrleansMail" && ReferenceEquals(instrument.Meter.Scope, meters))
                instruments.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
        };
        listener.Start();

        _ = new GatewayMetrics(meters);
        _ = new MaintenanceMetrics(TimeProvider.System, meters);
        await using var engine = new SmtpServer(new SmtpServerOptions { HostName = "mx" }, new MemoryDelivery(), meters: meters);
        _ = new PartitionFactory(new MemoryObjectStore(), PartitionOptions.ForFolder(), TimeProvider.System, NullLoggerFactory.Instance, meters);

        _ = new VerificationMetrics(meters, TimeProvider.System);

        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations", "metrics.md"));
        Assert.Equal(instruments, Row().Matches(page).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}").Order(StringComparer.Ordinal));
    }

    private static string Kind(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("UpDown", StringComparison.Ordinal) ? "up/down counter" : type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.StartsWith("ObservableGauge", StringComparison.Ordinal) ? "gauge" : "counter";
    }

    [GeneratedRegex(@"^\| `([a-z.]+)` \| ([a-z/ ]+) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
