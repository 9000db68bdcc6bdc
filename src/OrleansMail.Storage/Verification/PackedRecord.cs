using System.Buffers.Binary;
using System.Security.Cryptography;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Header and metadata of a record in a pack, checked.</summary>
/// <param name="Header">The header.</param>
/// <param name="Content">What the metadata say: of a sealed record what is outside of the seal.</param>
internal sealed record PackedRecord(LogRecordHeader Header, RecordContent Content)
{
    /// <summary>The checksum of the payload.</summary>
    public required uint PayloadChecksum { get; init; }

    /// <summary>Whose the record is, and where.</summary>
    public MessageSummary Summary => Content.Summary;

    /// <summary>Reads a record; null when it fails its check.</summary>
    public static PackedRecord? TryRead(ReadOnlySpan<byte> octets, ulong salt)
    {
        if (!LogRecordHeader.TryRead(octets, out var header) || header.PayloadOffset > octets.Length || !header.MetadataIsSound(octets, salt))
            return null;
        var metadata = octets[LogRecordHeader.Size..header.PayloadOffset];
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(metadata[^LogRecordHeader.PayloadChecksumSize..]);
        try
        {
            return RecordContent.Read(header, metadata) is { } content ? new PackedRecord(header, content) { PayloadChecksum = checksum } : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or PayloadDamagedException)
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
            && (Content.Sha256 is not { } expected || SHA256.HashData(payload).AsSpan().SequenceEqual(expected.Span));
    }
}
