using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>Reads a payload that lies in a pack.</summary>
internal static class PackedPayloadReader
{
    /// <summary>Reads it whole: it is at most <see cref="LogRecordHeader.MaxRecord"/> octets.</summary>
    /// <exception cref="PayloadDamagedException">It fails its check.</exception>
    /// <exception cref="FileNotFoundException">The pack is gone: it was replaced.</exception>
    public static async ValueTask<byte[]> ReadAsync(IObjectStore store, PayloadLocation location, PackedPayload packed, CancellationToken cancellationToken)
    {
        if (packed.StoredLength > LogRecordHeader.MaxRecord || location.Length > LogRecordHeader.MaxRecord)
            throw new PayloadDamagedException($"There is no payload at {location.Offset} of {location.Path}.");
        var stored = new byte[packed.StoredLength];
        await using (var stream = await store.OpenReadAsync(location.Path, location.Offset, stored.Length, cancellationToken))
        {
            if (await stream.ReadAtLeastAsync(stored, stored.Length, throwOnEndOfStream: false, cancellationToken) != stored.Length)
                throw new PayloadDamagedException($"The payload at {location.Offset} of {location.Path} ends early.");
        }

        var payload = stored;
        if (packed.Compressed)
        {
            payload = new byte[location.Length];
            if (!PayloadCompression.TryDecompress(stored, payload))
                throw new PayloadDamagedException($"The payload at {location.Offset} of {location.Path} can't be decompressed.");
        }

        return LogChecksum.Of(payload) == packed.Checksum
            ? payload
            : throw new PayloadDamagedException($"The payload at {location.Offset} of {location.Path} is damaged.");
    }
}
