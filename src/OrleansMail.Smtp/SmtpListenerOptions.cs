namespace OrleansMail.Smtp;

/// <summary>What one listener offers; everything else is the server's (<see cref="SmtpServerOptions"/>). Not changed while it has sessions.</summary>
public sealed class SmtpListenerOptions
{
    /// <summary>Whether and how its sessions can be encrypted. Default: STARTTLS, which is offered only when the server has certificates.</summary>
    public SmtpListenerTls Tls { get; set; } = SmtpListenerTls.StartTls;

    /// <summary>Whether AUTH is offered (RFC 4954), under TLS only and when the server has an authenticator. Default false.</summary>
    public bool Auth { get; set; }

    /// <summary>Whether the listener speaks LMTP (RFC 2033): LHLO in place of HELO and EHLO, one reply per recipient after the data. Default false.</summary>
    public bool Lmtp { get; set; }

    /// <summary>Whether each connection must begin with a PROXY header from a trusted proxy; any other is closed without a word. Default false.</summary>
    public bool RequireProxy { get; set; }

    /// <summary>What becomes of a CR or LF outside a CRLF in DATA; null for the server's <see cref="SmtpServerOptions.BareNewlines"/>.</summary>
    public SmtpBareNewlines? BareNewlines { get; set; }
}

/// <summary>How a listener's sessions are encrypted.</summary>
public enum SmtpListenerTls
{
    /// <summary>Never: STARTTLS is unknown.</summary>
    None,

    /// <summary>When the client asks for it (RFC 3207).</summary>
    StartTls,

    /// <summary>From the first octet (RFC 8314 §3.3).</summary>
    Implicit,
}

/// <summary>What becomes of a message with a CR or LF outside a CRLF. The end of the data is CRLF.CRLF in either case.</summary>
public enum SmtpBareNewlines
{
    /// <summary>They are content, kept octet for octet and flagged (<see cref="SmtpTransaction.HasBareNewlines"/>).</summary>
    Accept,

    /// <summary>550 5.6.11 after the end of the data (RFC 5321 §2.3.8). BDAT is exempt: RFC 3030 frames by length.</summary>
    Reject,
}
