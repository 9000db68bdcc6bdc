using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Contracts.Tenants;

/// <summary>The removals of deleted tenants: what is left of each in its store is deleted in steps. Key: 0; there is one.</summary>
[Alias("orleansmail.removals")]
public interface IRemovalsGrain : IGrainWithIntegerKey
{
    /// <summary>Notes that a tenant was deleted; on stable storage when the task completes. Repeating it has no effect.</summary>
    [Alias("add")]
    ValueTask AddAsync(TenantId tenant, Incarnation incarnation, CancellationToken cancellationToken);

    /// <summary>Removals behind <paramref name="after"/>, in order of their tenants' creation.</summary>
    [Alias("list")]
    ValueTask<Page<TenantRemoval>> ListAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes some of what is left of tenants, and forgets removals that ended long ago.</summary>
    /// <returns>Whether there is more to do now.</returns>
    /// <exception cref="Storage.StoreUnavailableException">The store failed; the next call goes on.</exception>
    [Alias("continue"), ResponseTimeout("00:10:00")]
    ValueTask<bool> ContinueAsync(CancellationToken cancellationToken);
}

/// <summary>The removal of one deleted tenant.</summary>
/// <param name="Tenant">Its name, which may be in use again.</param>
/// <param name="Incarnation">The creation of it that was deleted.</param>
/// <param name="RequestedAt">When it was deleted.</param>
/// <param name="FinishedAt">When nothing of it was left in the store any more; null while there may be.</param>
/// <param name="Objects">Objects deleted so far; one that was deleted when a step broke off may count twice.</param>
/// <param name="Bytes">Their octets.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-removal")]
public sealed record TenantRemoval(
    [property: Id(0)] TenantId Tenant,
    [property: Id(1)] Incarnation Incarnation,
    [property: Id(2)] DateTimeOffset RequestedAt,
    [property: Id(3)] DateTimeOffset? FinishedAt,
    [property: Id(4)] long Objects,
    [property: Id(5)] long Bytes);
