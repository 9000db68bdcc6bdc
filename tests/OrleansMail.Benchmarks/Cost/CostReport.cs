using OrleansMail.Benchmarks.Blobs;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>The section of the verb <c>cost</c>.</summary>
internal static class CostReport
{
    public static string Describe(BlobResults measured, MailHabits habits, PriceList prices, IReadOnlyList<Month> months)
    {
        var text = new Markdown();
        text.Line($"### A month of a tenant, appends by counts of {measured.Machine.Date}, all else simulated");
        text.Line();
        text.Line($"Messages of {habits.MessageOctets:N0} octets in the mean that do not compress, for ten mailboxes of one domain, each read {habits.Reads:0.##} time(s) and kept for {habits.MonthsKept:0.##} month(s). *Alone*: nobody else's mail is in the partition, which gets it at the tenant's mean rate. *Shared*: with others it gets {months[^1].PerSecond:N0} messages/s. Appends are of the measured rate next below, for less the lowest.");
        text.Line();
        text.Line($"US dollars: {prices.WritesPer10K} for 10,000 writes, {prices.ReadsPer10K} for 10,000 reads, {prices.StoredPerGBMonth} for a GB and month. {PriceList.Source}. List prices, change them by options (`--price-…`); no compute, no traffic out of the region.");
        text.Line();
        text.Line($"| messages | partition | appends at | writes: log | packs | heads | the rest | reads: storage | readers | deletions | GB kept | $ writes | $ reads | $ kept | $ in all | $ per million |");
        text.Line($"| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var month in months)
            Row(text, month);
        return text.ToString();
    }

    private static void Row(Markdown text, Month month)
    {
        var rest = month.WritesFor(Purpose.Checkpoint, Purpose.Carried, Purpose.Other) + month.Retention.Writes;
        text.Line($"| {month.Messages:N0} | {month.Setting} | {month.PerSecond:N0}/s | {month.Appends + month.WritesFor(Purpose.Log):N0} | {month.WritesFor(Purpose.Pack):N0} | {month.WritesFor(Purpose.Head):N0} | {rest:N0} | {month.Own.Reads:N0} | {month.ReadsByReaders:N0} | {month.Own.Deletes:N0} | {month.StoredGB:N1} | {month.WriteDollars:N2} | {month.ReadDollars:N2} | {month.StoredDollars:N2} | {month.Dollars:N2} | {month.DollarsPerMillion:N2} |");
    }
}
