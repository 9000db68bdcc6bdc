using Microsoft.Extensions.Logging;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Maintenance;

/// <summary>One walk over all tenants and their domains, four at a time. What fails is logged and counted, and stops nothing else.</summary>
internal sealed partial class TenantWalk(
    ITenantIndex index, IGrainFactory grains, TimeProvider time, MaintenanceMetrics metrics, ILogger<TenantWalk> logger)
{
    private const int AtOnce = 4;
    private const int PageSize = 1000;
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(5);

    /// <summary>Walks.</summary>
    /// <exception cref="StoreUnavailableException">The tenants can't be listed.</exception>
    public async Task<MaintenanceWalk> RunAsync(CancellationToken cancellationToken)
    {
        var tally = new Tally();
        using var slots = new SemaphoreSlim(AtOnce);
        string? after = null;
        do
        {
            var page = await index.ListAsync(after, PageSize, cancellationToken);
            await Task.WhenAll(page.Items.Select(tenant => InSlotAsync(slots, () => TenantAsync(tenant, tally, cancellationToken), cancellationToken)));
            after = page.Next;
        }
        while (after is not null);
        await RemoveAsync(tally, cancellationToken);
        metrics.Walked();
        return new(tally.Domains, tally.Failed, tally.Expired, tally.Freed);
    }

    /// <summary>Walks over the domains of one tenant.</summary>
    public Task RunAsync(TenantId tenant, CancellationToken cancellationToken) => TenantAsync(tenant, new Tally(), cancellationToken);

    private static async Task InSlotAsync(SemaphoreSlim slots, Func<Task> work, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            await work();
        }
        finally
        {
            slots.Release();
        }
    }

    private Task TenantAsync(TenantId tenant, Tally tally, CancellationToken cancellationToken) => GuardAsync(tenant, null, tally, async () =>
    {
        string? after = null;
        do
        {
            var page = await grains.GetTenant(tenant).ListDomainsAsync(after, PageSize, cancellationToken);
            foreach (var domain in page.Items)
                await GuardAsync(tenant, domain.Name, tally, () => DomainAsync(tenant, domain.Name, tally, cancellationToken), cancellationToken);
            after = page.Next;
        }
        while (after is not null);
    }, cancellationToken);

    private async Task DomainAsync(TenantId tenant, DomainName domain, Tally tally, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), bound, LongestCall, Timeout.InfiniteTimeSpan);
        if (await grains.GetMailboxes(tenant, domain).MaintainAsync(bound.Token).AsTask().WaitAsync(bound.Token) is not { } report)
            return;
        tally.Add(report);
        metrics.Expired(report.Expired);
        metrics.Freed(report.BytesFreed);
    }

    private Task RemoveAsync(Tally tally, CancellationToken cancellationToken) => GuardAsync(null, null, tally, async () =>
    {
        while (await grains.GetRemovals().ContinueAsync(cancellationToken))
            cancellationToken.ThrowIfCancellationRequested();
    }, cancellationToken);

    private async Task GuardAsync(TenantId? tenant, DomainName? domain, Tally tally, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            tally.Fail();
            metrics.Failed();
            Log.Failed(logger, tenant?.Value ?? "(removals)", domain?.Value, exception.Message, exception is StoreUnavailableException ? null : exception);
        }
    }

    // Tenants are walked on the scheduler of one grain: nothing here runs at the same time as anything else.
    private sealed class Tally
    {
        public long Domains { get; private set; }

        public long Failed { get; private set; }

        public long Expired { get; private set; }

        public long Freed { get; private set; }

        public void Fail() => Failed++;

        public void Add(MaintenanceReport report)
        {
            Domains++;
            Expired += report.Expired;
            Freed += report.BytesFreed;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Maintenance of {Tenant} {Domain} failed and is tried again by the next walk: {Problem}", EventName = "MaintenanceFailed")]
        public static partial void Failed(ILogger logger, string tenant, string? domain, string problem, Exception? exception);
    }
}
