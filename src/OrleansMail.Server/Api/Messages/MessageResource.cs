using System.ComponentModel;
using System.Text.Json.Serialization;

namespace OrleansMail.Server.Api.Messages;

/// <summary>A message as the API shows it.</summary>
[Description("A message in one mailbox.")]
internal sealed record MessageResource(
    [property: Description("Its id.")] string Id,
    [property: Description("The address of the mailbox.")] string Mailbox,
    [property: Description("Its place in the mailbox; rises strictly.")] long Sequence,
    [property: Description("When its last octet was received.")] DateTimeOffset ReceivedAt,
    [property: Description("What the SMTP session said.")] EnvelopeResource Envelope,
    [property: Description("Octets of raw.")] long Size,
    [property: Description("SHA-256 of raw in hexadecimal.")] string Sha256,
    [property: Description("SHA-256 of the octets received in hexadecimal, without the trace lines added here.")] string ContentSha256,
    [property: Description("Header fields, decoded.")] HeadersResource Headers,
    [property: Description("What kind of message it says it is.")] MessageClass Class,
    [property: Description("Equal for messages of one conversation, inside the tenant.")] string ThreadId,
    [property: Description("What checks have found.")] VerdictsResource Verdicts,
    [property: Description("Oddities, such as bareNewlines.")] IReadOnlyList<string> Flags,
    [property: Description("Its attachments; absent in lists.")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AttachmentResource>? Attachments = null);

/// <summary>The SMTP envelope.</summary>
[Description("What the SMTP session said.")]
internal sealed record EnvelopeResource(
    [property: Description("The envelope sender; empty for the null path of bounces.")] string From,
    [property: Description("The recipients that led to this mailbox, and no others.")] IReadOnlyList<RecipientResource> To,
    [property: Description("The client's HELO or EHLO argument.")] string Helo,
    [property: Description("The client's address; null when the transport has none.")] string? RemoteAddress,
    [property: Description("The transmission type of RFC 3848.")] string Protocol,
    [property: Description("The TLS parameters; null in plaintext.")] TlsResource? Tls);

/// <summary>A recipient.</summary>
[Description("A recipient of the envelope.")]
internal sealed record RecipientResource(
    [property: Description("The address it resolved to.")] string Address,
    [property: Description("As the client wrote it.")] string Received,
    [property: Description("The sub-address, or null.")] string? Tag);

/// <summary>TLS parameters of a session.</summary>
[Description("TLS parameters of the session.")]
internal sealed record TlsResource(
    [property: Description("Such as TLSv1.3.")] string Version,
    [property: Description("The cipher suite.")] string Cipher,
    [property: Description("The name the client asked for, or null.")] string? ServerName,
    [property: Description("The client's certificate, not verified; null when it showed none.")] ClientCertificateResource? ClientCertificate);

/// <summary>A client's certificate.</summary>
[Description("A client's certificate. It is not verified: it says what the client says of itself.")]
internal sealed record ClientCertificateResource(
    [property: Description("The distinguished name.")] string Subject,
    [property: Description("SHA-256 of the certificate in hexadecimal.")] string Fingerprint);

/// <summary>Header fields of a message.</summary>
[Description("Header fields, decoded (RFC 2047); null where the message has none or it makes no sense.")]
internal sealed record HeadersResource(
    [property: Description("Subject.")] string? Subject,
    [property: Description("From.")] string? From,
    [property: Description("To.")] string? To,
    [property: Description("Date.")] DateTimeOffset? Date,
    [property: Description("Message-ID with its angle brackets.")] string? MessageId);

/// <summary>What checks have found.</summary>
[Description("What checks have found.")]
internal sealed record VerdictsResource([property: Description("Whether the sender was authenticated; unverified for now.")] string Sender);

/// <summary>An attachment.</summary>
[Description("An attachment.")]
internal sealed record AttachmentResource(
    [property: Description("Its number in the message, from 0.")] int Index,
    [property: Description("Its file name without folders or control characters; null when it has none.")] string? Name,
    [property: Description("Its media type as the message says.")] string ContentType,
    [property: Description("Its octets once decoded.")] long Size);

/// <summary>What kind of message it says it is.</summary>
internal enum MessageClass
{
    /// <summary>Nothing says otherwise.</summary>
    Person = 0,

    /// <summary>Sent by a program (RFC 3834).</summary>
    Auto = 1,

    /// <summary>A delivery status (RFC 3464), or from the null path.</summary>
    Bounce = 2,

    /// <summary>From a mailing list (RFC 2919).</summary>
    List = 3,

    /// <summary>Another report (RFC 6522): disposition, abuse, TLS.</summary>
    Report = 4,
}
