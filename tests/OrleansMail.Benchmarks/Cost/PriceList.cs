using System.CommandLine;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>What a store charges, in US dollars.</summary>
/// <param name="WritesPer10K">10,000 operations that write.</param>
/// <param name="ReadsPer10K">10,000 operations that read.</param>
/// <param name="StoredPerGBMonth">10⁹ octets kept for a month.</param>
internal sealed record PriceList(double WritesPer10K, double ReadsPer10K, double StoredPerGBMonth)
{
    /// <summary>Whose prices the defaults are, and of when.</summary>
    public const string Source = "Azure Blob Storage, Hot, LRS, list prices of US regions in 2023 (first 50 TB), taken at second hand; deletes are free";

    private static readonly Option<double> Writes = new("--price-writes") { Description = "US dollars for 10,000 write operations", DefaultValueFactory = _ => 0.05 };
    private static readonly Option<double> Reads = new("--price-reads") { Description = "US dollars for 10,000 read operations", DefaultValueFactory = _ => 0.004 };
    private static readonly Option<double> Stored = new("--price-stored") { Description = "US dollars for a GB (10⁹ octets) stored for a month", DefaultValueFactory = _ => 0.0184 };

    /// <summary>The options that change them.</summary>
    public static IReadOnlyList<Option> Options { get; } = [Writes, Reads, Stored];

    /// <summary>The prices as the options say.</summary>
    public static PriceList Read(ParseResult arguments) => new(arguments.GetValue(Writes), arguments.GetValue(Reads), arguments.GetValue(Stored));
}
