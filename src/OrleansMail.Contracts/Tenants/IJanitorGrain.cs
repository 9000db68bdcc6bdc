using Orleans.Concurrency;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Contracts.Tenants;

/// <summary>Walks all tenants and their domains from time to time: deletions that broke off are finished, and retention is applied. Key: 0.</summary>
[Alias("orleansmail.janitor")]
public interface IJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Has the walks begin, if they have not: told again and again, they go on elsewhere when a silo is lost.</summary>
    [Alias("start"), AlwaysInterleave]
    ValueTask StartAsync();

    /// <summary>One walk, now.</summary>
    /// <returns>What it did in all domains together; one that failed is left to the next walk.</returns>
    [Alias("walk"), ResponseTimeout("1.00:00:00")]
    ValueTask<MaintenanceReport> WalkAsync(CancellationToken cancellationToken);
}
