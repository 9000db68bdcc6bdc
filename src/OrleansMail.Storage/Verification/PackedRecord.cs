using System.Buffers.Binary;
using System.Security.Cryptography;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Header and metadata of a record in a pack, checked.</summary>
/// <param name="Header">The header.</param>
/// <param name="Summary">What the metadata say; null when the record is sealed.</param>
/// <param name="Message">The message, likewise.</param>
internal sealed record PackedRecord(LogRecordHeader Header, MessageSummary? Summary, StoredMessage? Message)
{
    /// <summary>The checksum of the payload.</summary>
    public required uint PayloadChecksum { get; init; }

    /// <summary>Reads a record; null when it fails its check.</summary>
    public static PackedRecord? TryRead(ReadOnlySpan<byte> octets, ulong salt)
    {
        if (!LogRecordHeader.TryRead(octets, out var header) || header.PayloadOffset > octets.Length || !header.MetadataIsSound(octets, salt))
            return null;
        var metadata = octets[LogRecordHeader.Size..header.PayloadOffset];
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(metadata[^LogRecordHeader.PayloadChecksumSize..]);
        if (header.IsSealed)
            return new PackedRecord(header, null, null) { PayloadChecksum = checksum };
        try
        {
            var message = MessageDecoder.Decode(metadata, 0, StoreManifest.DefaultStore, "", 0, out _);
            return message is null ? null : new PackedRecord(header, MessageDecoder.Summarize(metadata), message) { PayloadChecksum = checksum };
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Whether stored octets are this record's payload: by its checksum and, unless it is sealed, by its SHA-256.</summary>
    public bool IsPayload(ReadOnlySpan<byte> stored, bool isCompressed)
    {
        var payload = stored;
        if (isCompressed)
        {
            var raw = new byte[Header.PayloadLength];
            if (!PayloadCompression.TryDecompress(stored, raw))
                return false;
            payload = raw;
        }

        return payload.Length == Header.PayloadLength && LogChecksum.Of(payload) == PayloadChecksum
            && (Message is null || SHA256.HashData(payload).AsSpan().SequenceEqual(Message.Sha256.Span));
    }
}
