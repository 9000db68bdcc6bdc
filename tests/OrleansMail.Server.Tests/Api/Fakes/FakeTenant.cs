using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api.Fakes;

internal sealed class FakeTenant(FakeCluster cluster, string id) : ITenantGrain
{
    private readonly Dictionary<string, Versioned<Domain>> domains = [];
    private readonly Incarnation incarnation = Incarnation.Create(TimeProvider.System);
    private Versioned<Tenant>? tenant;
    private int version;

    public TenantId Id => TenantId.Parse(id);

    /// <summary>Whether a deletion of the tenant and of its domains broke off, and a hold keeps what is left.</summary>
    public bool IsLeftUnderHold { get; set; }

    /// <summary>The settings as the last change brought them.</summary>
    public TenantSettings? Received { get; private set; }

    public bool Exists => tenant is not null;

    public bool Has(DomainName domain) => Exists && domains.ContainsKey(domain.Value);

    public ValueTask<Versioned<Tenant>?> GetAsync(CancellationToken cancellationToken) => new(tenant);

    public ValueTask<Incarnation?> GetIncarnationAsync(CancellationToken cancellationToken) => throw new NotSupportedException("The API does not ask for it.");

    public ValueTask<ChangeResult<Tenant>> PutAsync(TenantSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (settings.DisplayName is { Length: > 200 })
            return new(new ChangeResult<Tenant>(ChangeStatus.Invalid, Field: "displayName", Problem: "At most 200 characters."));
        if (ifMatch is not null && ifMatch != tenant?.Version)
            return new(new ChangeResult<Tenant>(ChangeStatus.VersionMismatch));
        if (IsLeftUnderHold)
            return new(new ChangeResult<Tenant>(ChangeStatus.Held));
        var status = Exists ? ChangeStatus.Updated : ChangeStatus.Created;
        Received = settings;
        settings = settings with { Store = settings.Store is { } store ? store with { Sas = null, HasSas = store.Sas is not null } : null };
        tenant = new(new Tenant(Id, incarnation, settings, DateTimeOffset.UnixEpoch), $"T-{++version}");
        return new(new ChangeResult<Tenant>(status, tenant));
    }

    public ValueTask<ChangeStatus> DeleteAsync(string? ifMatch, CancellationToken cancellationToken)
    {
        if (ifMatch is not null && ifMatch != tenant?.Version)
            return new(ChangeStatus.VersionMismatch);
        if (tenant?.Value.Settings.Policy?.LegalHold == true)
            return new(ChangeStatus.Held);
        tenant = null;
        domains.Clear();
        return new(ChangeStatus.Deleted);
    }

    public ValueTask<Versioned<Domain>?> GetDomainAsync(DomainName name, CancellationToken cancellationToken) =>
        new(Exists ? domains.GetValueOrDefault(name.Value) : null);

    public ValueTask<DomainName?> FindDomainAsync(int number, CancellationToken cancellationToken) =>
        new(domains.Values.FirstOrDefault(d => d.Value.Key.Number == number)?.Value.Name);

    public ValueTask<Page<Domain>> ListDomainsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        new(Paging.Behind(domains.Keys, after, limit, n => domains[n].Value));

    public ValueTask<ChangeResult<Domain>> PutDomainAsync(DomainName name, DomainSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!Exists)
            return new(new ChangeResult<Domain>(ChangeStatus.ParentNotFound));
        if (IsLeftUnderHold)
            return new(new ChangeResult<Domain>(ChangeStatus.Held));
        if (settings.Subaddressing is not (null or { Length: 1 }))
            return new(new ChangeResult<Domain>(ChangeStatus.Invalid, Field: "subaddressing", Problem: "One character."));
        var old = domains.GetValueOrDefault(name.Value);
        if (ifMatch is not null && ifMatch != old?.Version)
            return new(new ChangeResult<Domain>(ChangeStatus.VersionMismatch));
        var key = old?.Value.Key ?? new DomainKey(incarnation, Incarnation.Create(TimeProvider.System), domains.Count + 1);
        var pending = name.Value.StartsWith("pending", StringComparison.Ordinal);
        var status = pending ? DomainStatus.Pending : settings.Suspended ? DomainStatus.Suspended : DomainStatus.Verified;
        settings = settings with { LegalHold = settings.LegalHold ?? old?.Value.Settings.LegalHold };
        var now = new Versioned<Domain>(new Domain(name, key, status, pending ? "proof" : null, settings), $"D-{++version}");
        domains[name.Value] = now;
        return new(new ChangeResult<Domain>(old is null ? ChangeStatus.Created : ChangeStatus.Updated, now));
    }

    public ValueTask<Versioned<Domain>?> VerifyDomainAsync(DomainName name, CancellationToken cancellationToken)
    {
        if (domains.GetValueOrDefault(name.Value) is not { } old)
            return new((Versioned<Domain>?)null);
        domains[name.Value] = new(old.Value with { Status = DomainStatus.Verified, Challenge = null }, $"D-{++version}");
        return new(domains[name.Value]);
    }

    public ValueTask<ChangeStatus> DeleteDomainAsync(DomainName name, string? ifMatch, CancellationToken cancellationToken)
    {
        if (ifMatch is not null && ifMatch != domains.GetValueOrDefault(name.Value)?.Version)
            return new(ChangeStatus.VersionMismatch);
        if (domains.GetValueOrDefault(name.Value)?.Value.Settings.LegalHold == true)
            return new(ChangeStatus.Held);
        domains.Remove(name.Value);
        cluster.Forget(id, name.Value);
        return new(ChangeStatus.Deleted);
    }

    public ValueTask<DomainConfiguration?> GetDomainConfigurationAsync(DomainName name, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The API does not ask for it.");

    public ValueTask<bool> HasRoomForMailboxAsync(DomainName name, int mailboxes, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The API does not ask for it.");
}
