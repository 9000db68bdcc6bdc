using System.Buffers.Binary;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Logs;

/// <summary>Reads a payload that lies in a log. Its checksum is in the four octets before it, so nothing else of the record is needed.</summary>
internal static class InlinePayload
{
    /// <summary>Whether a location is in a log, and not an object.</summary>
    public static bool IsAt(PayloadLocation location) => Partitions.PartitionFolder.IsLog(location.Path);

    /// <summary>Reads it whole as it is stored, sealed or not: raw is at most <see cref="Payload.MaxInline"/> octets.</summary>
    /// <exception cref="PayloadDamagedException">It fails its check, or is not there.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public static async ValueTask<ArraySegment<byte>> ReadAsync(IObjectStore store, PayloadLocation location, CancellationToken cancellationToken)
    {
        const int Prefix = LogRecordHeader.PayloadChecksumSize;
        if (location.Length > Payload.MaxInline || location.Offset < LogRecordHeader.Size)
            throw new PayloadDamagedException($"There is no payload at {location.Offset} of {location.Path}.");
        var octets = new byte[Prefix + location.Length + (location.SealedFor is null ? 0 : RecordSealer.Overhead)];
        var read = await ReadAsync(store, location, octets, cancellationToken);
        var payload = new ArraySegment<byte>(octets, Prefix, octets.Length - Prefix);
        return read == octets.Length && LogChecksum.Of(payload) == BinaryPrimitives.ReadUInt32LittleEndian(octets)
            ? payload
            : throw new PayloadDamagedException($"The payload at {location.Offset} of {location.Path} is damaged.");
    }

    private static async ValueTask<int> ReadAsync(IObjectStore store, PayloadLocation location, byte[] octets, CancellationToken cancellationToken)
    {
        try
        {
            var from = location.Offset - LogRecordHeader.PayloadChecksumSize;
            await using var stream = await store.OpenReadAsync(location.Path, from, octets.Length, cancellationToken);
            return await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
