using OrleansMail.Benchmarks.Blobs;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>A month of a tenant's mail in a store, from measured counts.</summary>
/// <param name="Messages">Messages in the month.</param>
/// <param name="Setting">With whom the tenant shares its partitions.</param>
/// <param name="PerSecond">The rate whose appends are taken.</param>
/// <param name="Appends">Blocks appended to logs.</param>
/// <param name="Upkeep">All other operations of the storage itself, by purpose.</param>
/// <param name="Retention">Of dropping what is due.</param>
/// <param name="ReadsByReaders">Reads for those who list and read the mail.</param>
/// <param name="StoredGB">Kept at any moment once the oldest is as old as mail is kept, in 10⁹ octets.</param>
/// <param name="WriteDollars">For the writes.</param>
/// <param name="ReadDollars">For the reads.</param>
/// <param name="StoredDollars">For keeping it.</param>
internal sealed record Month(
    long Messages, string Setting, double PerSecond, double Appends, IReadOnlyDictionary<Purpose, Charges> Upkeep, Charges Retention, double ReadsByReaders, double StoredGB,
    double WriteDollars, double ReadDollars, double StoredDollars)
{
    /// <summary>All of it.</summary>
    public double Dollars => WriteDollars + ReadDollars + StoredDollars;

    /// <summary>For a million messages.</summary>
    public double DollarsPerMillion => Dollars / Messages * 1e6;

    /// <summary>Writes for some purposes.</summary>
    public double WritesFor(params Purpose[] purposes) => purposes.Sum(p => Upkeep.GetValueOrDefault(p).Writes);

    /// <summary>Reads and deletions of the storage itself.</summary>
    public Charges Own => Sum(Upkeep) + Retention;

    /// <summary>Counts a month and prices it.</summary>
    /// <param name="messages">Messages in the month.</param>
    /// <param name="setting">With whom the tenant shares its partitions.</param>
    /// <param name="appends">At the rate of its partition.</param>
    /// <param name="measured">The run that they are of.</param>
    /// <param name="upkeep">All else that the storage does for a message.</param>
    /// <param name="retention">What it does in a month for a domain.</param>
    /// <param name="habits">What the mail is like.</param>
    /// <param name="prices">The list.</param>
    public static Month Of(
        long messages, string setting, BlobRow appends, BlobResults measured, Upkeep upkeep, Charges retention, MailHabits habits, PriceList prices)
    {
        var all = upkeep.PerMessage.ToDictionary(static u => u.Key, u => u.Value * messages);
        var total = Sum(all) + retention;
        var (appended, byReaders) = (messages * appends.WritesPerMessage, messages * upkeep.ReadsPerRead * habits.Reads);
        var octets = habits.MessageOctets + Math.Max(0, appends.OctetsPerMessage - measured.PayloadOctets);
        var stored = messages * octets * habits.MonthsKept / 1e9;
        return new(
            messages, setting, appends.PerSecond, appended, all, retention, byReaders, stored,
            (appended + total.Writes) / 1e4 * prices.WritesPer10K, (byReaders + total.Reads) / 1e4 * prices.ReadsPer10K, stored * prices.StoredPerGBMonth);
    }

    private static Charges Sum(IReadOnlyDictionary<Purpose, Charges> charges) => charges.Values.Aggregate(default(Charges), static (sum, c) => sum + c);
}

/// <summary>What a tenant's mail is like.</summary>
/// <param name="MessageOctets">Of a message, in the mean.</param>
/// <param name="Reads">How often each is read.</param>
/// <param name="MonthsKept">How long each is kept.</param>
internal sealed record MailHabits(long MessageOctets, double Reads, double MonthsKept);
