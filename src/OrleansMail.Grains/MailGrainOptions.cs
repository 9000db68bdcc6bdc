namespace OrleansMail.Grains;

/// <summary>What the grains are told by the host.</summary>
public sealed class MailGrainOptions
{
    /// <summary>The most partition logs a store may have.</summary>
    public const int MaxPartitions = 256;

    /// <summary>Partition logs of the store; one that has another number is brought to it while mail flows. Default: as many as it has.</summary>
    public int? Partitions { get; set; }

    /// <summary>Partition logs of a store that is made now, when <see cref="Partitions"/> does not say. Default 1, right for a folder: one disk, one sync.</summary>
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>How often all tenants are walked for retention and removals. Default 1 h.</summary>
    public TimeSpan MaintainEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time within which the octets of what was deleted are gone from logs that tenants share. Default 24 h.</summary>
    public TimeSpan DeleteWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often the store is verified in the background; zero for never. Default 7 days.</summary>
    public TimeSpan VerifyEvery { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Octets that the background verification reads in a second at most. Default 8 MiB.</summary>
    public long VerifyBytesPerSecond { get; set; } = 8 * 1024 * 1024;

    /// <summary>How a tenant proves a domain name. Default <see cref="DomainVerification.Dns"/>.</summary>
    public DomainVerification DomainVerification { get; set; } = DomainVerification.Dns;

    /// <summary>Whether a tenant's own store may be an emulator on this machine, spoken to without TLS. Default false.</summary>
    public bool AllowEmulator { get; set; }
}

/// <summary>How a tenant proves that a domain name is its own.</summary>
public enum DomainVerification
{
    /// <summary>By a TXT record.</summary>
    Dns = 0,

    /// <summary>Not at all: the first claim owns, a later one stays pending.</summary>
    None = 1,
}
