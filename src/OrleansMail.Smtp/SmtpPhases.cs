namespace OrleansMail.Smtp;

/// <summary>Where a session is in the order of commands (RFC 5321 §4.1.4); a command names those in which it is allowed.</summary>
[Flags]
public enum SmtpPhases
{
    /// <summary>No phase.</summary>
    None = 0,

    /// <summary>Before HELO or EHLO.</summary>
    Connected = 1,

    /// <summary>Greeted, outside a transaction.</summary>
    Ready = 2,

    /// <summary>MAIL was accepted, no recipient yet.</summary>
    Sender = 4,

    /// <summary>At least one recipient was accepted.</summary>
    Recipients = 8,

    /// <summary>A message in chunks has begun (RFC 3030 §2): its recipients are settled, and only BDAT goes on with it.</summary>
    Chunks = 16,

    /// <summary>All phases.</summary>
    Any = Connected | Ready | Sender | Recipients | Chunks,
}
