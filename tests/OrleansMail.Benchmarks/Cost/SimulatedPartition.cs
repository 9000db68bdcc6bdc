using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>A partition on a store in memory, with the server's settings for blobs and a clock of its own: days of mail pass in minutes. Messages come at random.</summary>
internal sealed class SimulatedPartition : IAsyncDisposable
{
    private const int AtOnce = 32;
    private const double LongestStep = 60; // seconds: upkeep looks at the clock so often
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(3);
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly Tally tally = new();
    private readonly Random random = new(1);
    private readonly IReadOnlyList<SimulatedTenant> tenants;
    private readonly double perSecond;
    private readonly CountingStore store;
    private readonly PartitionFactory partitions;
    private IPartition partition = null!;

    private SimulatedPartition(IReadOnlyList<SimulatedTenant> tenants)
    {
        this.tenants = tenants;
        perSecond = tenants.Sum(static t => t.PerSecond);
        var fillers = tenants.Where(static t => !t.IsMeasured).Select(static t => $"t/{t.Name}/{t.Domain.Domain}/pack/").ToList();
        store = new CountingStore(new MemoryObjectStore(time), tally, path => fillers.Exists(f => path.StartsWith(f, StringComparison.Ordinal)));
        var options = PartitionOptions.ForBlobs();
        options.Linger = TimeSpan.Zero; // appends are not counted here
        options.Compress = false;
        options.UpkeepInterval = TimeSpan.FromSeconds(LongestStep);
        options.Grace = TimeSpan.FromMinutes(1); // what is deleted is as much, and takes less memory until then
        partitions = new PartitionFactory(store, options, time, NullLoggerFactory.Instance);
    }

    /// <summary>Opens one that tenants share.</summary>
    public static async Task<SimulatedPartition> OpenAsync(IReadOnlyList<SimulatedTenant> tenants, CancellationToken cancellationToken)
    {
        var opened = new SimulatedPartition(tenants);
        opened.partition = await opened.partitions.OpenAsync(new PartitionId(StoreManifest.DefaultStore, 0), cancellationToken);
        return opened;
    }

    /// <summary>Lets mail come for a while.</summary>
    /// <param name="duration">By its clock.</param>
    /// <param name="eachHour">What is done every hour besides; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was done meanwhile.</returns>
    public async Task<Counts> RunAsync(TimeSpan duration, Func<IPartition, Task>? eachHour, CancellationToken cancellationToken)
    {
        var before = tally.Read();
        var messages = tenants.ToDictionary(static t => t.Name, static t => t.Messages);
        var (end, hour) = (time.GetUtcNow() + duration, time.GetUtcNow().AddHours(1));
        while (time.GetUtcNow() < end)
        {
            var due = new List<SimulatedTenant>();
            var gap = 0.0;
            for (; due.Count < AtOnce && gap < 1; gap -= Math.Log(1 - random.NextDouble()) / perSecond)
                due.Add(Draw());
            await Task.WhenAll(due.Select(tenant => RecordAsync(tenant, cancellationToken)));
            for (; gap > 0; gap -= LongestStep)
            {
                time.Advance(TimeSpan.FromSeconds(Math.Min(gap, LongestStep)));
                if (gap > 1 || tally.TakeBegun())
                    await RestAsync(cancellationToken);
            }

            if (time.GetUtcNow() < hour)
                continue;
            hour += TimeSpan.FromHours(1);
            await (eachHour?.Invoke(partition) ?? Task.CompletedTask);
        }

        await RestAsync(cancellationToken);
        return new Counts(Counts.Between(before, tally.Read()), tenants.ToDictionary(static t => t.Name, t => t.Messages - messages[t.Name]));
    }

    /// <summary>What the work of a call costs.</summary>
    public async Task<Charges> MeasureAsync(Func<IPartition, Task> work)
    {
        var before = tally.Read();
        await work(partition);
        return Counts.Between(before, tally.Read()).Values.Aggregate(default(Charges), static (sum, c) => sum + c);
    }

    /// <summary>Operations for each message that is listed, a page at a time, and read: of tenants whose mail is in packs.</summary>
    public async Task<double> ReadBackAsync(SimulatedTenant tenant, CancellationToken cancellationToken)
    {
        var (payloads, read) = (new PayloadStore(store), 0);
        await partition.FlushAsync(cancellationToken);
        var charges = await MeasureAsync(async partition =>
        {
            foreach (var mailbox in tenant.Mailboxes)
            {
                var page = await partition.ListAsync(tenant.Domain, mailbox.Incarnation, 0, 100, cancellationToken);
                read += page.Items.Count;
                foreach (var message in page.Items)
                    await ReadAsync(payloads, message, cancellationToken);
            }
        });
        return charges.Reads / Math.Max(1, read);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await partition.DisposeAsync();
        partitions.Dispose();
        await store.DisposeAsync();
    }

    private static async Task ReadAsync(PayloadStore payloads, StoredMessage message, CancellationToken cancellationToken)
    {
        await using var raw = await payloads.OpenReadAsync(message.Location, 0, message.Location.Length, cancellationToken);
        await raw.CopyToAsync(Stream.Null, cancellationToken);
    }

    private SimulatedTenant Draw()
    {
        var at = random.NextDouble() * perSecond;
        foreach (var tenant in tenants)
        {
            at -= tenant.PerSecond;
            if (at < 0)
                return tenant;
        }

        return tenants[^1];
    }

    private async Task RecordAsync(SimulatedTenant tenant, CancellationToken cancellationToken)
    {
        var submission = tenant.Next(time.GetUtcNow());
        for (; ; await Task.Delay(Quiet, cancellationToken))
        {
            try
            {
                await partition.RecordAsync(tenant.Domain, submission, cancellationToken);
                partition.MarkSeen([submission.Id]);
                tenant.Recorded();
                return;
            }
            catch (StoreUnavailableException)
            {
                // More is in memory than may be: upkeep is behind.
            }
        }
    }

    // Until nothing has been asked of the store for a moment: upkeep is done with what is due.
    private async Task RestAsync(CancellationToken cancellationToken)
    {
        long before;
        do
        {
            before = tally.Activity;
            await Task.Delay(Quiet, cancellationToken);
        }
        while (tally.Activity != before);
    }
}
