namespace OrleansMail.Storage.Partitions;

/// <summary>How a partition uses its store; the defaults are a folder's.</summary>
public sealed class PartitionOptions
{
    /// <summary>
    /// Whether appends run on a thread of their own: right where an append blocks (a folder's fsync), wrong where it is awaited (a blob's
    /// request). Default true.
    /// </summary>
    public bool DedicatedThread { get; set; } = true;

    /// <summary>Octets after which a log is sealed and the next begun. Default 64 MiB; 256 MiB on blobs.</summary>
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

    /// <summary>For a store in a folder.</summary>
    public static PartitionOptions ForFolder() => new();

    /// <summary>For a store of append blobs.</summary>
    public static PartitionOptions ForBlobs() => new()
    {
        DedicatedThread = false,
        MaxLogBytes = 256L * 1024 * 1024,
        MaxLogAppends = 40_000,
        Linger = TimeSpan.FromMilliseconds(15),
    };
}
