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

    /// <summary>Partition logs. A store that has another number is brought to this one while mail flows (docs/operations/partitions.md); unset, it keeps its own.</summary>
    [Setting(DefaultText = "1 in a new folder, 8 in new blobs"), Between(1, 256)]
    public int? Partitions { get; set; }

    /// <summary>Time within which the octets of what was deleted or has expired are gone from the store, unless a legal hold keeps them.</summary>
    [Setting, Within("00:01:00", "30.00:00:00")]
    public TimeSpan DeleteWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often all tenants are walked: messages expire, space is freed, what deleted tenants left is removed.</summary>
    [Setting, Within("00:01:00", "1.00:00:00")]
    public TimeSpan MaintainEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Octets after which a partition log is sealed and its messages are brought into packs of their domains.</summary>
    [Setting, Between(1024 * 1024, 1024 * 1024 * 1024)]
    public long SegmentBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Octets of memory, for each partition, for what is in logs and not in packs yet; at twice that mail is deferred.</summary>
    [Setting, Between(1024 * 1024, 16L * 1024 * 1024 * 1024)]
    public long MemtableBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Octets of memory, for all partitions of this process, for pages and tables of packs.</summary>
    [Setting, Between(1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long IndexCacheBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Longest time that a commit is held back for more messages, and only while they come fast enough for that to save requests.</summary>
    [Setting(DefaultText = "none in a folder, 15 ms in blobs"), Within("00:00:00", "00:00:01")]
    public TimeSpan? Linger { get; set; }

    /// <summary>Whether payloads in packs are compressed where it pays.</summary>
    [Setting]
    public StorageCompression Compression { get; set; } = StorageCompression.Zstd;

    /// <summary>Time for which files that were replaced stay, for whoever still reads them or copies the store; at most an eighth of `Storage:DeleteWithin`.</summary>
    [Setting, Within("00:00:10", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often everything in the store is verified in the background, slowly; `00:00:00` for never. What it finds is logged and counted (docs/operations/verify.md).</summary>
    [Setting, Within("00:00:00", "365.00:00:00")]
    public TimeSpan VerifyEvery { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Stores of tenants that have one of their own, open at once; the one unused for longest is closed for a further one.</summary>
    [Setting, Between(1, 100_000)]
    public int MaxTenantStores { get; set; } = 1000;

    /// <summary>Folder of the keys that wrap tenants' keys, by name: 32 octets each, raw or as hex or base64. Unset: tenants' mail can be sealed only by keys in a vault.</summary>
    [Setting]
    public string? Keys { get; set; }

    /// <summary>Octets of payload that all sessions together may hold in memory. A tenant may hold as many as are free, so one alone gets a half of them; beyond it its sessions wait, up to 10 s, then get 451 4.3.2, and nobody else's do.</summary>
    [Setting, Between(1024 * 1024, long.MaxValue)]
    public long PayloadBudget { get; set; } = 256 * 1024 * 1024;
}

/// <summary>How payloads in packs are compressed.</summary>
internal enum StorageCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Zstandard, where it pays.</summary>
    Zstd,
}
