using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.State;

namespace OrleansMail.Grains.Tenants;

/// <summary>Brings legal holds into force in the stores, before whoever sets one is answered.</summary>
internal sealed class TenantHolds(TenantId id, GrainDocument<TenantState> document, IGrainFactory grains, PartitionRouter partitions, TimeProvider time)
{
    private const int AtOnce = 32;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20); // who called the tenant's grain waits for 30
    private static readonly RetentionPolicy Hold = RetentionPolicy.Keep with { Hold = true };

    /// <summary>Asks the stores of all domains under a hold to keep what they have; those whose deletion broke off are among them.</summary>
    /// <param name="only">The one domain that was changed; null for all.</param>
    /// <exception cref="StoreUnavailableException">The hold is set, and not in force everywhere yet: setting it again goes on, and so does the next walk over all tenants.</exception>
    public async Task EnforceAsync(DomainName? only = null)
    {
        var state = await document.ReadAsync();
        var held = state.Domains.Where(d => (only is null || d.Name == only.Value.Value) && (state.Settings.IsHeld() || d.Settings.IsHeld())).ToArray();
        if (held.Length == 0)
            return;
        using var bound = new CancellationTokenSource(LongestWait, time);
        var failures = new List<Exception>();
        foreach (var some in held.Chunk(AtOnce))
            await Task.WhenAll(some.Select(domain => TryAsync(state, domain, failures, bound.Token)));
        if (failures.Count > 0)
            throw new StoreUnavailableException($"The legal hold is set and not yet in force for {failures.Count} of {held.Length} domains.", failures[0]);
    }

    /// <summary>Has the stores let go soon of what a hold kept that has ended; nobody waits for it.</summary>
    public void Lift() => grains.GetJanitor().VisitTenantAsync(id).AsTask().Ignore();

    // One domain that fails must not keep the hold from the others.
    private async Task TryAsync(TenantState state, DomainEntry domain, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            await (domain.Deleting ? HoldLeavingAsync(state, domain, cancellationToken) : MaintainAsync(domain, cancellationToken)).WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            failures.Add(exception);
        }
    }

    // By the grain, which knows of the hold by now and lets a maintenance by the rules of before end first.
    private async Task MaintainAsync(DomainEntry domain, CancellationToken cancellationToken) =>
        await grains.GetMailboxes(id, DomainName.Parse(domain.Name)).MaintainAsync(cancellationToken);

    // Its grain serves nothing any more.
    private async Task HoldLeavingAsync(TenantState state, DomainEntry domain, CancellationToken cancellationToken)
    {
        var key = state.KeyOf(domain);
        await partitions.For(key, state.Settings?.Place ?? default).MaintainAsync(key, Hold, cancellationToken);
    }
}
