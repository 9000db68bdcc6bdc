using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.State;
using OrleansMail.Storage;
using OrleansMail.Storage.Stores;

namespace OrleansMail.Grains.Maintenance;

/// <inheritdoc cref="IRemovalsGrain"/>
/// <remarks>
/// A removal ends when nothing is listed any more and the time is over in which shared logs lose what was deleted: until then they may bring
/// something back into packs.
/// </remarks>
internal sealed partial class RemovalsGrain : Grain, IRemovalsGrain
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(400);
    private readonly IObjectStore store;
    private readonly IObjectStores stores;
    private readonly TimeProvider time;
    private readonly MailGrainOptions options;
    private readonly MaintenanceMetrics metrics;
    private readonly ILogger logger;
    private readonly Func<PagedTable<RemovalEntry>> create;
    private PagedTable<RemovalEntry>? loaded;

    /// <summary>Created by Orleans.</summary>
    public RemovalsGrain(
        [FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage,
        IObjectStore store,
        IObjectStores stores,
        TimeProvider time,
        IOptions<MailGrainOptions> options,
        MaintenanceMetrics metrics,
        ILogger<RemovalsGrain> logger)
    {
        (this.store, this.stores, this.time, this.options, this.metrics, this.logger) = (store, stores, time, options.Value, metrics, logger);
        create = () => new(storage, GrainStorageNames.Removals, this.GetGrainId(), _ => 1);
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(TenantId tenant, Incarnation incarnation, CancellationToken cancellationToken)
    {
        if ((await LoadAsync()).Find(incarnation.ToString()) is null)
            await SetAsync(incarnation, new(tenant.Value, time.GetUtcNow(), null, 0, 0));
    }

    /// <inheritdoc/>
    public async ValueTask<Page<TenantRemoval>> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        limit = Paging.Clamp(limit);
        var page = Paging.Cut((await LoadAsync()).Behind(after, limit + 1), limit, static e => e.Key);
        return new([.. page.Items.Select(Show)], page.Next);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ContinueAsync(CancellationToken cancellationToken)
    {
        var more = false;
        foreach (var (key, entry) in (await LoadAsync()).Entries.ToArray())
        {
            var tenant = new Incarnation(Ulid.Parse(key));
            if (entry.FinishedAt is null)
                more |= await StepAsync(tenant, entry, cancellationToken);
            else if (time.GetUtcNow() - entry.FinishedAt > KeptFor)
                await SetAsync(tenant, null);
        }

        return more;
    }

    private static TenantRemoval Show(TableEntry<RemovalEntry> entry)
    {
        var (key, removal) = entry;
        return new(TenantId.Parse(removal.Tenant), new(Ulid.Parse(key)), removal.RequestedAt, removal.FinishedAt, removal.Objects, removal.Bytes);
    }

    private async Task<bool> StepAsync(Incarnation tenant, RemovalEntry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow(); // before the look, so that nothing is written between the two
        var (objects, bytes, more) = await TenantSweep.StepAsync(store, stores, tenant, cancellationToken);
        var finished = objects == 0 && now - entry.RequestedAt >= options.DeleteWithin;
        if (objects == 0 && !finished)
            return false;
        var next = entry with { Objects = entry.Objects + objects, Bytes = entry.Bytes + bytes, FinishedAt = finished ? now : null };
        await SetAsync(tenant, next);
        metrics.Freed(bytes);
        if (finished)
        {
            metrics.Removed();
            Log.TenantRemoved(logger, next.Tenant, tenant, next.Objects, next.Bytes);
        }

        return more;
    }

    private async Task<PagedTable<RemovalEntry>> LoadAsync()
    {
        if (loaded is not null)
            return loaded;
        var table = create();
        await table.LoadAsync();
        return loaded = table;
    }

    private async Task SetAsync(Incarnation tenant, RemovalEntry? entry)
    {
        try
        {
            await (await LoadAsync()).SetAsync(tenant.ToString(), entry);
        }
        catch
        {
            loaded = null;
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Nothing is left of tenant {Tenant} ({Incarnation}): {Objects} objects with {Bytes} octets were deleted.", EventName = "TenantRemoved")]
        public static partial void TenantRemoved(ILogger logger, string tenant, Incarnation incarnation, long objects, long bytes);
    }
}
