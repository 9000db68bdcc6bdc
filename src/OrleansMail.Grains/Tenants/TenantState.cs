using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Tenants;

/// <summary>What is stored of a tenant, as JSON.</summary>
public sealed class TenantState
{
    /// <summary>This creation of the tenant.</summary>
    public Ulid Incarnation { get; set; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Raised by each change of the settings.</summary>
    public long Version { get; set; }

    /// <summary>The settings; null before the first PUT.</summary>
    public TenantSettings? Settings { get; set; }

    /// <summary>Hidden, its domains being given up; the next PUT or DELETE goes on where a crash interrupted it.</summary>
    public bool Deleting { get; set; }

    /// <summary>The number of the newest domain; numbers are never used again.</summary>
    public int LastDomainNumber { get; set; }

    /// <summary>The domains by name.</summary>
    public SortedDictionary<string, DomainEntry> Domains { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>What is stored of a domain in its tenant.</summary>
public sealed class DomainEntry
{
    /// <summary>This creation of the domain.</summary>
    public Ulid Incarnation { get; set; }

    /// <summary>Its number in message ids.</summary>
    public int Number { get; set; }

    /// <summary>Raised by each change.</summary>
    public long Version { get; set; }

    /// <summary>Whether the tenant owns the name.</summary>
    public bool Verified { get; set; }

    /// <summary>Hidden, being given up.</summary>
    public bool Deleting { get; set; }

    /// <summary>The TXT value that proves the name.</summary>
    public string Challenge { get; set; } = "";

    /// <summary>The settings.</summary>
    public DomainSettings Settings { get; set; } = new();
}
