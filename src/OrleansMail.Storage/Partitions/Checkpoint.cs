using System.Text.Json;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// The value <c>wal/p…/ckpt</c>: where recovery begins. It is written conditionally by each owner after its fence, so that of two
/// owners only the later one can change it.
/// </summary>
/// <param name="Format">Its version.</param>
/// <param name="First">The name of the first log that counts: what is before it is in packs, or carried over.</param>
/// <param name="Epoch">Of the owner that wrote it.</param>
/// <param name="Detours">Where a log that could not take its SEAL any more is left.</param>
internal sealed record Checkpoint(int Format, string First, uint Epoch, IReadOnlyList<Detour> Detours)
{
    /// <summary>The version that is written.</summary>
    public const int CurrentFormat = 3;

    private const int OldestFormat = 1;
    private const int FirstWithChecksum = 3;
    private const string FileName = "ckpt";

    /// <summary>The number of the last log record before <see cref="First"/>; 0 when there was none.</summary>
    public long LastRecord { get; init; }

    /// <summary>The number of that record's batch.</summary>
    public uint LastBatch { get; init; }

    /// <summary>Files of records that were carried over from logs before <see cref="First"/>, the oldest first.</summary>
    public IReadOnlyList<string> Carried { get; init; } = [];

    /// <summary>The file of the records before <see cref="First"/> that still answer repeats; null when there are none.</summary>
    public string? Repeats { get; init; }

    /// <summary>Prefixes of domains that have ended and whose files are to be deleted.</summary>
    public IReadOnlyList<string> Ended { get; init; } = [];

    /// <summary>
    /// The change of the number of partitions (<see cref="PartitionChange.Number"/>) that it was closed for; null while it takes mail. Everything is in packs then,
    /// and once the manifest says that the change was made its domains are another generation's.
    /// </summary>
    public int? ClosedFor { get; init; }

    /// <summary>CRC-32C of its octets without this field; null in older formats. A wrong number in it would have records skipped that are in no pack.</summary>
    public uint? Crc { get; init; }

    /// <summary>Where a partition's is.</summary>
    public static string PathOf(string folder) => folder + FileName;

    /// <summary>Whether a path is a checkpoint's.</summary>
    public static bool IsPath(string path) => path.EndsWith('/' + FileName, StringComparison.Ordinal);

    /// <summary>That of a partition without a log.</summary>
    public static Checkpoint Create() => new(CurrentFormat, LogName.Create(1, 1).ToString(), 0, []);

    /// <summary>Reads one, also of an older format.</summary>
    /// <exception cref="StoreUnavailableException">It is damaged or of a later version: nothing may be written over it.</exception>
    public static Checkpoint Parse(ReadOnlySpan<byte> value, string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<Checkpoint>(value, JsonSerializerOptions.Web) is { Format: >= OldestFormat and <= CurrentFormat, Detours: not null, Carried: not null, Ended: not null } checkpoint
                && LogName.TryParse(checkpoint.First, out _) && checkpoint.IsSound)
                return checkpoint with { Format = CurrentFormat, Crc = null };
        }
        catch (JsonException)
        {
            // Answered below, as any other value that is none.
        }

        throw new StoreUnavailableException($"The checkpoint {path} is damaged or of a later version.");
    }

    /// <summary>Its octets.</summary>
    public byte[] Encode() => (this with { Crc = ComputeCrc() }).Serialize();

    private bool IsSound => Crc is null ? Format < FirstWithChecksum : Crc == ComputeCrc();

    private uint ComputeCrc() => LogChecksum.Of((this with { Crc = null }).Serialize());

    private byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
}

/// <summary>A log's medium failed: it ends at a position, and another goes on.</summary>
/// <param name="Log">Its name.</param>
/// <param name="End">Where its content ends.</param>
/// <param name="Successor">The name of the log that goes on.</param>
internal sealed record Detour(string Log, long End, string Successor);
