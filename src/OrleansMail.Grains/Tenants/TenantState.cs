using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Tenants;

/// <summary>What is stored of a tenant, as JSON. Replaced as a whole by each change: readers that interleave see what is stored.</summary>
public sealed record TenantState
{
    /// <summary>This creation of the tenant.</summary>
    public Ulid Incarnation { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Raised by each change of the settings.</summary>
    public long Version { get; init; }

    /// <summary>The settings; null when there is no such tenant.</summary>
    public TenantSettings? Settings { get; init; }

    /// <summary>Hidden, its domains being given up; the next PUT or DELETE goes on where a crash interrupted it.</summary>
    public bool Deleting { get; init; }

    /// <summary>The number of the newest domain; numbers are never used again.</summary>
    public int LastDomainNumber { get; init; }

    /// <summary>The domains in ordinal order of their names.</summary>
    public IReadOnlyList<DomainEntry> Domains { get; init; } = [];
}

/// <summary>What is stored of a domain in its tenant.</summary>
public sealed record DomainEntry
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>This creation of the domain.</summary>
    public Ulid Incarnation { get; init; }

    /// <summary>Its number in message ids.</summary>
    public int Number { get; init; }

    /// <summary>Raised by each change.</summary>
    public long Version { get; init; }

    /// <summary>Whether the tenant owns the name.</summary>
    public bool Verified { get; init; }

    /// <summary>Hidden, being given up.</summary>
    public bool Deleting { get; init; }

    /// <summary>The TXT value that proves the name.</summary>
    public string Challenge { get; init; } = "";

    /// <summary>The settings.</summary>
    public DomainSettings Settings { get; init; } = new();
}
