using OrleansMail.Contracts.Storage;

namespace OrleansMail.Contracts.Messages;

/// <summary>What is known of one message in one mailbox.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Sequence">Its place in the mailbox; rises strictly, from 1.</param>
/// <param name="ReceivedAt">When the end of the data was read.</param>
/// <param name="ReversePath">The envelope sender; empty for the null path.</param>
/// <param name="Mailbox">The mailbox and the recipients that led to it.</param>
/// <param name="Session">The session's facts.</param>
/// <param name="Headers">The kept header fields, undecoded.</param>
/// <param name="Flags">Oddities.</param>
/// <param name="Size">Octets of raw.</param>
/// <param name="TraceLength">Octets of raw that are our trace lines.</param>
/// <param name="Sha256">SHA-256 of raw.</param>
/// <param name="ContentSha256">SHA-256 of the octets received.</param>
/// <param name="Location">Where raw is.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.stored-message")]
public sealed record StoredMessage(
    [property: Id(0)] MessageId Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] DateTimeOffset ReceivedAt,
    [property: Id(3)] string ReversePath,
    [property: Id(4)] RecordedMailbox Mailbox,
    [property: Id(5)] SessionFacts Session,
    [property: Id(6)] IReadOnlyList<HeaderField> Headers,
    [property: Id(7)] MessageFlags Flags,
    [property: Id(8)] long Size,
    [property: Id(9)] int TraceLength,
    [property: Id(10)] ReadOnlyMemory<byte> Sha256,
    [property: Id(11)] ReadOnlyMemory<byte> ContentSha256,
    [property: Id(12)] PayloadLocation Location);

/// <summary>Where a payload is: a range of a log, pack or object.</summary>
/// <param name="Store">The store's name; <c>default</c> is the one tenants share.</param>
/// <param name="Path">The object's path in the store.</param>
/// <param name="Offset">First octet of raw in the object.</param>
/// <param name="Length">Octets of raw.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.payload-location")]
public sealed record PayloadLocation(
    [property: Id(0)] string Store,
    [property: Id(1)] string Path,
    [property: Id(2)] long Offset,
    [property: Id(3)] long Length)
{
    /// <summary>How it lies in a pack; null when it is in a log or an object.</summary>
    [Id(4)]
    public PackedPayload? Packed { get; init; }

    /// <summary>The domain that a sealed payload is bound to, of the tenant whose key seals it; null when it is stored in the clear.</summary>
    [Id(5)]
    public DomainKey? SealedFor { get; init; }

    /// <summary>The record that a sealed payload is bound to.</summary>
    [Id(6)]
    public Ulid Record { get; init; }
}

/// <summary>How a payload lies in a pack.</summary>
/// <param name="StoredLength">Octets that it takes there.</param>
/// <param name="Compressed">Whether these are a Zstandard frame (RFC 8878).</param>
/// <param name="Checksum">CRC-32C of the payload, as it was before compression.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.packed-payload")]
public sealed record PackedPayload(
    [property: Id(0)] int StoredLength,
    [property: Id(1)] bool Compressed,
    [property: Id(2)] uint Checksum);

/// <summary>A page of a mailbox, in sequence.</summary>
/// <param name="Items">The messages.</param>
/// <param name="More">Whether there is more behind the last one now.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.message-page")]
public sealed record MessagePage([property: Id(0)] IReadOnlyList<StoredMessage> Items, [property: Id(1)] bool More);

/// <summary>How full a mailbox is.</summary>
/// <param name="Messages">Messages in it.</param>
/// <param name="Bytes">Octets of raw of all of them.</param>
/// <param name="LastMessageAt">When the newest was received; null when there was none.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mailbox-usage")]
public sealed record MailboxUsage(
    [property: Id(0)] long Messages,
    [property: Id(1)] long Bytes,
    [property: Id(2)] DateTimeOffset? LastMessageAt);
