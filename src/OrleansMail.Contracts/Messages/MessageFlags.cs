namespace OrleansMail.Contracts.Messages;

/// <summary>Oddities of a message that a consumer should know of.</summary>
[Flags, GenerateSerializer, Alias("orleansmail.message-flags")]
public enum MessageFlags
{
    /// <summary>Nothing out of the ordinary.</summary>
    None = 0,

    /// <summary>The content has a CR or LF that is not part of a CRLF; downstream parsers may take it for a line end.</summary>
    BareNewlines = 1,

    /// <summary>Its sender asks that it travels only under TLS (RFC 8689).</summary>
    RequireTls = 2,

    /// <summary>It came in a SMTPUTF8 transaction (RFC 6531): its envelope and header may be UTF-8.</summary>
    SmtpUtf8 = 4,
}
