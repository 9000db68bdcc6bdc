using System.Globalization;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>What the storage does besides appending, for a message of a tenant of some size.</summary>
/// <param name="PerMessage">By purpose.</param>
/// <param name="ReadsPerRead">Reads for each message that is listed and read.</param>
internal sealed record Upkeep(IReadOnlyDictionary<Purpose, Charges> PerMessage, double ReadsPerRead);

/// <summary>Runs partitions by a clock of their own and counts.</summary>
/// <param name="size">Octets of a message.</param>
internal sealed class Simulations(int size)
{
    private const double SecondsPerMonth = 30 * 24 * 3600;
    private const int FillerWeight = 5; // fewer and larger messages fill logs with less work
    private const int WarmUpLogs = 2;
    private const int MeasuredLogs = 24;
    private static readonly PartitionOptions Options = PartitionOptions.ForBlobs();

    /// <summary>A tenant that has a partition to itself.</summary>
    public async Task<Upkeep> AloneAsync(long perMonth, CancellationToken cancellationToken)
    {
        var tenant = new SimulatedTenant(perMonth / SecondsPerMonth, size);
        await using var partition = await SimulatedPartition.OpenAsync([tenant], cancellationToken);
        var log = TimeSpan.FromSeconds(Math.Min(Options.SealAfter.TotalSeconds, Options.MaxLogBytes / (tenant.PerSecond * size)));
        await partition.RunAsync(log * WarmUpLogs, eachHour: null, cancellationToken);
        var counts = await partition.RunAsync(log * MeasuredLogs, eachHour: null, cancellationToken);
        Progress($"{perMonth:N0} a month alone: {counts.Messages.Values.Sum():N0} messages in {(log * MeasuredLogs).TotalHours:0.0} h");
        return new Upkeep(counts.PerMessage([tenant]), await partition.ReadBackAsync(tenant, cancellationToken));
    }

    /// <summary>Tenants of several sizes in a partition that gets much other mail.</summary>
    /// <param name="perMonth">The sizes.</param>
    /// <param name="perSecond">Of the partition.</param>
    /// <param name="duration">By its clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<long, Upkeep>> SharedAsync(IReadOnlyList<long> perMonth, double perSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        // The smaller they are, the more of them it takes for a mean; and many domains are what a shared partition has.
        var groups = perMonth.ToDictionary(m => m, m => Enumerable.Range(0, (int)Math.Clamp(2_000_000 / m, 1, 200)).Select(_ => new SimulatedTenant(m / SecondsPerMonth, size)).ToList());
        var left = perSecond - groups.Values.SelectMany(static g => g).Sum(static t => t.PerSecond);
        List<SimulatedTenant> tenants = [.. groups.Values.SelectMany(static g => g)];
        if (left > 0)
            tenants.Add(new SimulatedTenant(left / FillerWeight, size * FillerWeight, FillerWeight, isMeasured: false));
        await using var partition = await SimulatedPartition.OpenAsync(tenants, cancellationToken);
        await partition.RunAsync(duration / 8, eachHour: null, cancellationToken);
        var counts = await partition.RunAsync(duration, eachHour: null, cancellationToken);
        Progress($"shared: {counts.Messages.Values.Sum():N0} messages in {duration.TotalMinutes:0} min");
        var upkeep = new Dictionary<long, Upkeep>();
        foreach (var (month, group) in groups)
            upkeep[month] = new Upkeep(counts.PerMessage(group), await partition.ReadBackAsync(group[0], cancellationToken));
        return upkeep;
    }

    /// <summary>What retention costs a domain in a month: every hour it drops what is due, once a day it looks for what nothing refers to.</summary>
    public async Task<Charges> RetentionAsync(long perMonth, CancellationToken cancellationToken)
    {
        var tenant = new SimulatedTenant(perMonth / SecondsPerMonth, size);
        var policy = new RetentionPolicy(1, new Dictionary<Incarnation, int?>(), false);
        await using var partition = await SimulatedPartition.OpenAsync([tenant], cancellationToken);
        await partition.RunAsync(TimeSpan.FromHours(30), MaintainAsync, cancellationToken);
        var charges = default(Charges);
        await partition.RunAsync(TimeSpan.FromHours(24), async p => charges += await partition.MeasureAsync(_ => MaintainAsync(p)), cancellationToken);
        Progress($"retention of a domain, a day: {charges.Writes:0} writes, {charges.Reads:0} reads, {charges.Deletes:0} deletions");
        return charges * 30;

        Task MaintainAsync(Storage.IPartition p) => p.MaintainAsync(tenant.Domain, policy, cancellationToken).AsTask();
    }

    private static void Progress(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
