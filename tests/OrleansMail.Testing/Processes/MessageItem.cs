namespace OrleansMail.Testing.Processes;

/// <summary>A message as the API shows it.</summary>
public sealed record MessageItem(
    string Id,
    string Mailbox,
    long Sequence,
    DateTimeOffset ReceivedAt,
    MessageEnvelope Envelope,
    long Size,
    string Sha256,
    string ContentSha256,
    MessageHeaders Headers,
    IReadOnlyList<string> Flags);

/// <summary>The envelope of a message.</summary>
public sealed record MessageEnvelope(string? From, IReadOnlyList<EnvelopeRecipient> To, string? Helo, string? RemoteAddress, string? Protocol, EnvelopeTls? Tls = null);

/// <summary>The TLS parameters of an envelope.</summary>
public sealed record EnvelopeTls(string Version, string Cipher, string? ServerName, EnvelopeCertificate? ClientCertificate);

/// <summary>The client's certificate.</summary>
public sealed record EnvelopeCertificate(string Subject, string Fingerprint);

/// <summary>A recipient that led to the mailbox.</summary>
public sealed record EnvelopeRecipient(string Address, string Received, string? Tag);

/// <summary>The header fields that the API shows.</summary>
public sealed record MessageHeaders(string? Subject, string? MessageId);

/// <summary>A page of messages.</summary>
public sealed record MessageList(IReadOnlyList<MessageItem> Items, string? Next, string Cursor);
