namespace OrleansMail.Storage.Stores;

/// <summary>How many stores of tenants a silo holds open, and how long.</summary>
public sealed class StoreRegistryOptions
{
    /// <summary>Stores that are open at once; the one unused for longest is closed for a further one. Default 1,000.</summary>
    public int MaxOpen { get; set; } = 1000;

    /// <summary>Time after which a store that nobody asked for is closed. Default 30 min.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the failure to open a store answers for it, at most 10 s. Default 5 s.</summary>
    public TimeSpan FailureFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time that opening a store may take. Default 10 s.</summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
