using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Verification;

/// <summary>What can be said of a message's record without any key. Of a sealed one that is all but what the message says: whose it is, where, and how long.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Summary">Whose it is, and where.</param>
/// <param name="Sha256">Of raw; null when it is sealed.</param>
/// <param name="ObjectPath">Where the payload is when it is an object; null when it follows the metadata.</param>
internal sealed record RecordContent(LogRecordHeader Header, MessageSummary Summary, ReadOnlyMemory<byte>? Sha256, string? ObjectPath)
{
    /// <summary>The large payload that it refers to; null when it has none.</summary>
    public ReferredObject? Object => ObjectPath is null ? null : new ReferredObject(Header.Sequence, Summary.Id, ObjectPath, Summary.Size, Sha256);

    /// <summary>Reads metadata whose checksum is right; null when they are in no mailbox.</summary>
    /// <exception cref="InvalidDataException">They are no message's.</exception>
    /// <exception cref="Contracts.Storage.PayloadDamagedException">They are flagged as sealed, and are not.</exception>
    public static RecordContent? Read(in LogRecordHeader header, ReadOnlySpan<byte> metadata)
    {
        var summary = MessageDecoder.Summarize(metadata);
        var isReference = header.Type == LogRecordType.MessageReference;
        if (header.IsSealed)
        {
            SealedMessage.VersionOf(metadata);
            // The path is under the seal too, and always the one that belongs to the record.
            return summary.Mailboxes.Length == 0 ? null : new RecordContent(header, summary, null, isReference ? DomainPaths.Object(summary.Domain, summary.Id) : null);
        }

        return MessageDecoder.Decode(metadata, 0, StoreManifest.DefaultStore, "", 0, out _) is { } message
            ? new RecordContent(header, summary, message.Sha256, isReference ? message.Location.Path : null)
            : null;
    }
}
