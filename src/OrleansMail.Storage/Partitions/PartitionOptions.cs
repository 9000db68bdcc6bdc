namespace OrleansMail.Storage.Partitions;

/// <summary>How a partition uses its store; the defaults are a folder's.</summary>
public sealed class PartitionOptions
{
    /// <summary>
    /// Whether appends run on a thread of their own: right where an append blocks (a folder's fsync), wrong where it is awaited (a blob's
    /// request). Default true.
    /// </summary>
    public bool DedicatedThread { get; set; } = true;

    /// <summary>Octets after which a log is sealed and the next begun. Default 64 MiB: what is read back at once when it is demultiplexed.</summary>
    public long MaxLogBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Appends after which a log is sealed; an append blob takes 50,000 blocks. Default unlimited; 40,000 on blobs.</summary>
    public int MaxLogAppends { get; set; } = int.MaxValue;

    /// <summary>Octets after which a batch takes no further message. Default 8 MiB.</summary>
    public int MaxBatchBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Octets that may wait for their batch; what exceeds it is answered as unavailable. Default 256 MiB.</summary>
    public long MaxWaitingBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Longest time a batch is held back for more messages, and only while they come fast enough for that to save appends
    /// (<see cref="LingerRate"/>, <see cref="LingerBelow"/>). Default none; 15 ms on blobs, where each append is paid for.
    /// </summary>
    public TimeSpan Linger { get; set; }

    /// <summary>Messages per second from which a batch is held back. Default 75.</summary>
    public double LingerRate { get; set; } = 75;

    /// <summary>A batch is held back no longer than until it should have this many messages. Default 24 (docs/benchmarks.md, Blobs).</summary>
    public int LingerBelow { get; set; } = 24;

    /// <summary>Longest time an append may take before its waiters are told that the store is unavailable. Default 10 s.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an unavailable or full store is tried again. Default 1 s.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a message whose reply was not seen to arrive answers its repeats (<c>Dedupe:Window</c>). Default 48 h.</summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromHours(48);

    /// <summary>Most repeat keys held; the oldest go first. Default 131,072, about 20 MB.</summary>
    public int MaxRepeatKeys { get; set; } = 131_072;

    /// <summary>The newest records whose metadata is held, so that reading the tail asks the store nothing. Default 2,048, about 2 MB.</summary>
    public int RecentRecords { get; set; } = 2048;

    /// <summary>Time after its first batch at which a log is sealed, full or not. Default 1 h; a quarter of <see cref="DeleteWithin"/> when that is less.</summary>
    public TimeSpan SealAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Octets of memory for what is in logs and not in packs; at twice that mail is deferred. Default 64 MiB, about 300,000 messages.</summary>
    public long MemtableBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Octets of logs from which a domain gets a pack of its own; with less it is carried over. Default 256 KiB.</summary>
    public long FlushBytes { get; set; } = 256 * 1024;

    /// <summary>Age of its oldest record in a log at which a domain gets a pack, however small. Default 6 h; a quarter of <see cref="DeleteWithin"/> when that is less.</summary>
    public TimeSpan FlushAge { get; set; } = TimeSpan.FromHours(6);

    /// <summary>With no more domains than this in the logs each gets a pack, however small. Default 64.</summary>
    public int FewDomains { get; set; } = 64;

    /// <summary>Files of carried records at which the oldest is brought into packs. Default 16.</summary>
    public int MaxCarriedFiles { get; set; } = 16;

    /// <summary>Octets of a pack that is full. Default 64 MiB.</summary>
    public long MaxPackBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Octets of records that are held at once while packs are made of them. Default 64 MiB.</summary>
    public long GatherBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Domains whose packs are written at once: their syncs are shared by a file system, their waits by a service. Default 16.</summary>
    public int FlushesAtOnce { get; set; } = 16;

    /// <summary>Whether payloads in packs are compressed where it pays: where it makes them shorter, and mail does not come faster than a log in a minute. Default true.</summary>
    public bool Compress { get; set; } = true;

    /// <summary>Time within which the octets of what was deleted are gone (<c>Storage:DeleteWithin</c>). Default 24 h.</summary>
    public TimeSpan DeleteWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Time that readers have to finish with a file that was replaced. Default 10 min; an eighth of <see cref="DeleteWithin"/> when that is less.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Age from which a file that nothing refers to is an orphan, and not one that is being written. Default 12 h.</summary>
    public TimeSpan OrphanAge { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How often a partition looks after its logs when nothing happens. Default 15 s.</summary>
    public TimeSpan UpkeepInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Domains that are held in memory though they have nothing in logs. Default 10,000.</summary>
    public int MaxIdleDomains { get; set; } = 10_000;

    /// <summary>Octets of pages and tables of packs that are held in memory, for all partitions of a process. Default 64 MiB.</summary>
    public long IndexCacheBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Leaves logs as they are: for tests of logs.</summary>
    internal bool KeepLogs { get; set; }

    /// <summary>Told of each step of demultiplexing and compaction: a test's.</summary>
    internal Action<Demultiplexing.MaintenanceStep>? Stepped { get; set; }

    /// <summary>For a store in a folder.</summary>
    public static PartitionOptions ForFolder() => new();

    /// <summary>For a store of append blobs.</summary>
    public static PartitionOptions ForBlobs() => new()
    {
        DedicatedThread = false,
        MaxLogAppends = 40_000,
        Linger = TimeSpan.FromMilliseconds(15),
    };
}
