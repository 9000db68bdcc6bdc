using System.IO.Hashing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>Which partition a domain's mail is in: the number of partitions is in the store's manifest, and may change.</summary>
internal sealed class PartitionRouter(IGrainFactory grains, LocalPartitions local, StoreManifestReader manifest, TimeProvider time)
{
    // As long as a call to a store may take.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>The partition of a domain, wherever it is at the time of a call.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="place">Where its tenant's mail is kept.</param>
    public PartitionClient For(DomainKey domain, MailPlace place) =>
        new(this, place.HasOwnStore ? new PartitionId(place.StoreOf(domain.Tenant), 0) : null, Hash(domain));

    /// <summary>Where a domain's partition is now: its hash is part of the store's format; a tenant's own store has one partition.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<PartitionTarget> FindAsync(PartitionId? own, ulong hash, CancellationToken cancellationToken)
    {
        if (own is { } only)
            return new(Target(only));
        var known = manifest.GetAsync(cancellationToken);
        return known.IsCompletedSuccessfully ? new(Target(known.Result, hash)) : new(WaitAsync(known, hash));
    }

    /// <summary>A partition was found closed: waits until the number of partitions is changed, or the change given up.</summary>
    /// <param name="closed">The partition.</param>
    /// <param name="since">When it was first found so; <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it has taken too long: the call fails.</returns>
    public async ValueTask<bool> WaitForChangeAsync(PartitionId closed, long since, CancellationToken cancellationToken)
    {
        var now = await manifest.ReadAsync(cancellationToken);
        if (now.Generation != closed.Generation)
            return true;
        if (time.GetElapsedTime(since) >= MaxWait)
            return false;
        if (now.Next is not null)
            await grains.GetPartitionChange(closed.Store).ResumeAsync(); // whoever began it may be gone
        await Task.Delay(AskAgain, time, cancellationToken);
        return true;
    }

    /// <summary>Now, for <see cref="WaitForChangeAsync"/>.</summary>
    public long Timestamp => time.GetTimestamp();

    private async Task<PartitionTarget> WaitAsync(ValueTask<StoreManifest> known, ulong hash) => Target(await known, hash);

    private PartitionTarget Target(StoreManifest known, ulong hash) => Target(new PartitionId(StoreManifest.DefaultStore, (int)(hash % (uint)known.Partitions), known.Generation));

    private PartitionTarget Target(PartitionId id) => new(id, local.Find(id), grains);

    private static ulong Hash(DomainKey domain)
    {
        Span<byte> key = stackalloc byte[32];
        domain.Tenant.Value.TryWriteBytes(key);
        domain.Domain.Value.TryWriteBytes(key[16..]);
        return XxHash64.HashToUInt64(key);
    }
}

/// <summary>A partition and how it is called.</summary>
/// <param name="Id">Which it is.</param>
/// <param name="Local">It, where this silo owns it.</param>
/// <param name="Grains">For its grain, where it does not.</param>
internal readonly record struct PartitionTarget(PartitionId Id, IPartition? Local, IGrainFactory Grains)
{
    /// <summary>Its grain.</summary>
    public IPartitionGrain Grain => Grains.GetPartition(Id);
}
