using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Verification;

/// <summary>Reads a checkpoint more strictly than a partition does: a name that is not known may be a damaged one, and what it named is then forgotten.</summary>
internal static class CheckpointReader
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Reads it as far as it can be read.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? TryRead(ReadOnlySpan<byte> value, string path, out Checkpoint? checkpoint)
    {
        checkpoint = null;
        try
        {
            checkpoint = Checkpoint.Parse(value, path);
            JsonSerializer.Deserialize<Checkpoint>(value, Strict);
            return null;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or JsonException)
        {
            return exception.Message;
        }
    }
}
