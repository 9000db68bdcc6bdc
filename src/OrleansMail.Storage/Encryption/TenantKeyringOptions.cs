namespace OrleansMail.Storage.Encryption;

/// <summary>How long unwrapped keys of tenants stay in memory.</summary>
public sealed class TenantKeyringOptions
{
    /// <summary>How long a key is used before it is unwrapped anew, and so how long a revoked one works at most. Default 5 minutes.</summary>
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time that reading and unwrapping a key may take. Default 10 s: what a waiting delivery can bear.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many tenants' keys are held at most; the one that ends first goes. Default 10,000.</summary>
    public int MaxCached { get; set; } = 10_000;
}
