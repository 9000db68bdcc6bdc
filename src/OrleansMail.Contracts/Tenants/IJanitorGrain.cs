using Orleans.Concurrency;

namespace OrleansMail.Contracts.Tenants;

/// <summary>Walks all tenants from time to time: their retention, their removals. Key: 0; there is one. Two at once would do no harm.</summary>
[Alias("orleansmail.janitor")]
public interface IJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a walk when one is due, and does not wait for it. Each silo calls it every minute, so that the work outlives any of them.</summary>
    [Alias("visit"), AlwaysInterleave]
    ValueTask VisitAsync();

    /// <summary>Walks over the domains of one tenant soon, and does not wait for it: a legal hold has ended. Lost when the silo dies; the next walk over all tenants does the same.</summary>
    [Alias("visit-tenant"), AlwaysInterleave]
    ValueTask VisitTenantAsync(TenantId tenant);

    /// <summary>Walks now, or waits for the walk that is under way.</summary>
    [Alias("walk"), AlwaysInterleave, ResponseTimeout("1.00:00:00")]
    ValueTask<MaintenanceWalk> WalkAsync();
}

/// <summary>What a walk over all tenants did.</summary>
/// <param name="Domains">Domains maintained.</param>
/// <param name="Failed">Domains and removals that failed and are tried again by the next walk.</param>
/// <param name="Expired">Messages that expired.</param>
/// <param name="BytesFreed">Octets that the stores gave back.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.maintenance-walk")]
public sealed record MaintenanceWalk(
    [property: Id(0)] long Domains,
    [property: Id(1)] long Failed,
    [property: Id(2)] long Expired,
    [property: Id(3)] long BytesFreed);
