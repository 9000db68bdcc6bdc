using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Keys;

/// <summary>What is stored of a secret, under its hash, as JSON.</summary>
public sealed record ApiKeyState
{
    /// <summary>The tenant; null when there is no such key.</summary>
    public string? Tenant { get; init; }

    /// <summary>The creation of the tenant that the key was made in.</summary>
    public Ulid Incarnation { get; init; }

    /// <summary>Its id in the tenant's list.</summary>
    public Ulid Id { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it may do, as a number.</summary>
    public KeyScopes Scopes { get; init; }

    /// <summary>When it ends; null when it does not by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>As stored.</summary>
    internal static ApiKeyState From(TenantKey key) => new()
    {
        Tenant = key.Tenant.Value,
        Incarnation = key.Incarnation.Value,
        Id = key.Key.Id,
        Name = key.Key.Settings.Name,
        Scopes = key.Key.Settings.Scopes,
        ExpiresAt = key.Key.Settings.ExpiresAt,
        CreatedAt = key.Key.CreatedAt,
    };

    /// <summary>As it was issued; null when there is no such key.</summary>
    internal TenantKey? ToKey() => TenantId.TryParse(Tenant, out var tenant)
        ? new(tenant, new(Incarnation), new(Id, new(Name, Scopes, ExpiresAt), CreatedAt))
        : null;
}
