using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Maintenance;

/// <summary>A walk over all tenants, a few at once; what fails for one of them is told and leaves the others alone.</summary>
internal sealed partial class TenantWalk(IGrainFactory grains, ITenantIndex index, MaintenanceMetrics metrics, ILogger<TenantWalk> logger)
{
    private const int AtOnce = 4;
    private const int PageSize = 100;

    /// <summary>Walks once.</summary>
    /// <exception cref="StoreUnavailableException">The tenants can't be listed.</exception>
    public async Task<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        var sum = new MaintenanceSum();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(TenantsAsync(cancellationToken), options, async (tenant, token) =>
            await TryAsync(tenant, null, () => VisitAsync(tenant, sum, token), token));
        metrics.Walked();
        return sum.Total;
    }

    private async IAsyncEnumerable<TenantId> TenantsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await index.ListAsync(after, PageSize, cancellationToken);
            foreach (var tenant in page.Items)
                yield return tenant;
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task VisitAsync(TenantId tenant, MaintenanceSum sum, CancellationToken cancellationToken)
    {
        var grain = grains.GetTenant(tenant);
        await TryAsync(tenant, null, async () => await grain.ResumeDeletionsAsync(cancellationToken), cancellationToken);
        string? after = null;
        do
        {
            var page = await grain.ListDomainsAsync(after, PageSize, cancellationToken);
            foreach (var domain in page.Items)
                await TryAsync(tenant, domain.Name, () => MaintainAsync(tenant, domain.Name, sum, cancellationToken), cancellationToken);
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task MaintainAsync(TenantId tenant, DomainName domain, MaintenanceSum sum, CancellationToken cancellationToken)
    {
        var mailboxes = grains.GetMailboxes(tenant, domain);
        await mailboxes.ResumeDeletionsAsync(cancellationToken);
        if (await mailboxes.MaintainAsync(cancellationToken) is not { } report)
            return;
        sum.Add(report);
        metrics.Maintained(report);
    }

    private async Task TryAsync(TenantId tenant, DomainName? domain, Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Failed();
            Log.Failed(logger, exception, tenant, domain?.Value);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The maintenance of tenant {Tenant}, domain {Domain} failed; the next walk tries again.", EventName = "MaintenanceFailed")]
        public static partial void Failed(ILogger logger, Exception exception, TenantId tenant, string? domain);
    }
}
