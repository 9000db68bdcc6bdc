using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Keys;

/// <summary>What a valid secret stands for.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Incarnation">The creation of the tenant that the key was made in: it is worth nothing in a later one of the same name.</param>
/// <param name="Key">The key.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-key")]
public sealed record TenantKey(
    [property: Id(0)] TenantId Tenant,
    [property: Id(1)] Incarnation Incarnation,
    [property: Id(2)] ApiKey Key)
{
    /// <summary>Whether it has every one of the scopes.</summary>
    public bool Has(KeyScopes scopes) => (Key.Settings.Scopes & scopes) == scopes;

    /// <summary>Whether it has come to its end at that time.</summary>
    public bool HasExpired(DateTimeOffset now) => Key.Settings.ExpiresAt <= now;
}
