namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Where mail is kept.</summary>
internal sealed class StorageSettings
{
    /// <summary>Folder of the embedded store, made if absent. One process at a time may have it.</summary>
    [Setting(Switch = "--data", Placeholder = "DIR", Group = "Storage", Help = "folder of the embedded store")]
    public string Data { get; set; } = "./data";

    /// <summary>Azure Blob service to use instead of the folder: a connection string, or an https URL with managed identity. The container is `orleansmail`.</summary>
    [Setting(Switch = "--storage", Placeholder = "URI", Group = "Storage", Help = "Azure Blob service instead of the folder", IsSecret = true), BlobService]
    public string? Connection { get; set; }

    /// <summary>Partition logs of a store that is made now; one that exists keeps its number.</summary>
    [Setting(DefaultText = "1 in a folder, 8 in blobs"), Between(1, 256)]
    public int? Partitions { get; set; }

    /// <summary>Stores of tenants that have one of their own, open at once; the one unused for longest is closed for a further one.</summary>
    [Setting, Between(1, 100_000)]
    public int MaxTenantStores { get; set; } = 1000;

    /// <summary>Folder of the keys that wrap tenants' keys, by name: 32 octets each, raw or as hex or base64. Unset: tenants' mail can be sealed only by keys in a vault.</summary>
    [Setting]
    public string? Keys { get; set; }

    /// <summary>Octets of payload that all sessions together may hold in memory; beyond it they wait, up to 10 s, then get 451.</summary>
    [Setting, Between(1024 * 1024, long.MaxValue)]
    public long PayloadBudget { get; set; } = 256 * 1024 * 1024;
}
