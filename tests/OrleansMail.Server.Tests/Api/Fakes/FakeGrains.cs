using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api.Fakes;

/// <summary>A cluster of tenants and mailboxes in memory: what the API sees of the grains, without a silo.</summary>
internal sealed class FakeCluster : ITenantIndex
{
    private readonly ConcurrentDictionary<string, FakeTenant> tenants = new();
    private readonly ConcurrentDictionary<string, FakeMailboxes> mailboxes = new();
    private readonly ConcurrentDictionary<string, FakeKeys> keys = new();

    /// <summary>When set, every call of a grain fails with it.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What secrets stand for, by their hashes.</summary>
    public ConcurrentDictionary<string, TenantKey> Secrets { get; } = new();

    /// <summary>Hashes that were asked for.</summary>
    public ConcurrentQueue<string> Lookups { get; } = new();

    public FakeRemovals Removals { get; } = new();

    public IGrainFactory Factory => FactoryProxy.For(this);

    public FakeTenant Tenant(string id) => tenants.GetOrAdd(id, key => new FakeTenant(this, key));

    public FakeMailboxes Mailboxes(string tenant, string domain) =>
        mailboxes.GetOrAdd($"{tenant}/{domain}", _ => new FakeMailboxes(this, tenant, DomainName.Parse(domain)));

    public void Forget(string tenant, string domain) => mailboxes.TryRemove($"{tenant}/{domain}", out _);

    public ValueTask<Page<TenantId>> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var ids = tenants.Values.Where(t => t.Exists).Select(t => t.Id.Value);
        return new(Paging.Behind(ids, after, limit, TenantId.Parse));
    }

    public object Find(Type type, string key)
    {
        if (Failure is not null)
            throw Failure;
        if (type == typeof(ITenantGrain))
            return Tenant(key);
        if (type == typeof(IRemovalsGrain))
            return Removals;
        if (type == typeof(ITenantKeysGrain))
            return keys.GetOrAdd(key, tenant => new FakeKeys(this, tenant));
        return type == typeof(IApiKeyGrain) ? new FakeKey(this, key) : Mailboxes(key.Split('/')[0], key.Split('/')[1]);
    }
}

/// <summary>A factory that answers every GetGrain with the cluster's; a proxy can't be sealed.</summary>
public class FactoryProxy : DispatchProxy
{
    private FakeCluster cluster = null!;

    internal static IGrainFactory For(FakeCluster cluster)
    {
        var proxy = Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)(object)proxy).cluster = cluster;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => cluster.Find(targetMethod!.ReturnType, Convert.ToString(args![0], CultureInfo.InvariantCulture)!);
}

/// <summary>Pages of names in their order.</summary>
internal static class Paging
{
    public static Page<T> Behind<T>(IEnumerable<string> names, string? after, int limit, Func<string, T> show)
    {
        var found = names.Order(StringComparer.Ordinal).Where(n => after is null || string.CompareOrdinal(n, after) > 0).Take(limit + 1).ToList();
        var more = found.Count > limit;
        return new([.. found.Take(limit).Select(show)], more ? found[limit - 1] : null);
    }
}
