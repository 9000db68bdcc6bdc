using OrleansMail.Benchmarks.Blobs;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>A month of a tenant's mail in a store, from measured counts.</summary>
/// <param name="Messages">Messages in the month.</param>
/// <param name="Setting">With whom the tenant shares its partitions.</param>
/// <param name="PerSecond">The rate whose counts are taken.</param>
/// <param name="Writes">Operations that write.</param>
/// <param name="Reads">Operations that read.</param>
/// <param name="StoredGB">Kept at any moment once the oldest is as old as mail is kept, in 10⁹ octets.</param>
/// <param name="WriteDollars">For the writes.</param>
/// <param name="ReadDollars">For the reads.</param>
/// <param name="StoredDollars">For keeping it.</param>
internal sealed record Month(
    long Messages, string Setting, double PerSecond, double Writes, double Reads, double StoredGB, double WriteDollars, double ReadDollars, double StoredDollars)
{
    /// <summary>All of it.</summary>
    public double Dollars => WriteDollars + ReadDollars + StoredDollars;

    /// <summary>For a million messages.</summary>
    public double DollarsPerMillion => Dollars / Messages * 1e6;

    /// <summary>Counts a month and prices it.</summary>
    /// <param name="messages">Messages in the month.</param>
    /// <param name="setting">With whom the tenant shares its partitions.</param>
    /// <param name="counts">At the rate of its partition.</param>
    /// <param name="measured">The run that they are of.</param>
    /// <param name="habits">What the mail is like.</param>
    /// <param name="prices">The list.</param>
    public static Month Of(long messages, string setting, BlobRow counts, BlobResults measured, MailHabits habits, PriceList prices)
    {
        var writes = messages * counts.WritesPerMessage;
        var reads = messages * (counts.ReadsPerMessage + (measured.ReadsPerRead * habits.Reads));
        var octets = habits.MessageOctets + Math.Max(0, counts.OctetsPerMessage - measured.PayloadOctets);
        var stored = messages * octets * habits.MonthsKept / 1e9;
        return new(
            messages, setting, counts.PerSecond, writes, reads, stored,
            writes / 1e4 * prices.WritesPer10K, reads / 1e4 * prices.ReadsPer10K, stored * prices.StoredPerGBMonth);
    }
}

/// <summary>What a tenant's mail is like.</summary>
/// <param name="MessageOctets">Of a message, in the mean.</param>
/// <param name="Reads">How often each is read.</param>
/// <param name="MonthsKept">How long each is kept.</param>
internal sealed record MailHabits(long MessageOctets, double Reads, double MonthsKept);
