namespace OrleansMail.Grains.Domains;

/// <summary>What is stored of a domain name, as JSON.</summary>
public sealed record DomainOwnerState
{
    /// <summary>The owning tenant; null when nobody does.</summary>
    public string? Tenant { get; init; }

    /// <summary>The incarnation of the tenant's domain that holds the name.</summary>
    public Ulid Claim { get; init; }
}
