using System.Text.Json;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// The value <c>wal/p…/ckpt</c>: where recovery begins. It is written conditionally by each owner after its fence, so that of two
/// owners only the later one can change it.
/// </summary>
/// <param name="Format">Its version.</param>
/// <param name="First">The name of the first log that counts.</param>
/// <param name="Epoch">Of the owner that wrote it.</param>
/// <param name="Detours">Where a log that could not take its SEAL any more is left.</param>
internal sealed record Checkpoint(int Format, string First, uint Epoch, IReadOnlyList<Detour> Detours)
{
    private const int CurrentFormat = 1;

    /// <summary>Where a partition's is.</summary>
    public static string PathOf(int partition) => LogName.Folder(partition) + "ckpt";

    /// <summary>That of a partition without a log.</summary>
    public static Checkpoint Create() => new(CurrentFormat, LogName.Create(1, 1).ToString(), 0, []);

    /// <summary>Reads one.</summary>
    /// <exception cref="StoreUnavailableException">It is damaged or of a later version: nothing may be written over it.</exception>
    public static Checkpoint Parse(ReadOnlySpan<byte> value, string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<Checkpoint>(value, JsonSerializerOptions.Web) is { Format: CurrentFormat, Detours: not null } checkpoint
                && LogName.TryParse(checkpoint.First, out _))
                return checkpoint;
        }
        catch (JsonException)
        {
            // Answered below, as any other value that is none.
        }

        throw new StoreUnavailableException($"The checkpoint {path} is damaged or of a later version.");
    }

    /// <summary>Its octets.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
}

/// <summary>A log's medium failed: it ends at a position, and another goes on.</summary>
/// <param name="Log">Its name.</param>
/// <param name="End">Where its content ends.</param>
/// <param name="Successor">The name of the log that goes on.</param>
internal sealed record Detour(string Log, long End, string Successor);
