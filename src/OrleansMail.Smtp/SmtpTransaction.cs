namespace OrleansMail.Smtp;

/// <summary>One MAIL … DATA cycle of a session (RFC 5321 §3.3).</summary>
public sealed class SmtpTransaction
{
    /// <summary>The session.</summary>
    public required SmtpSessionContext Session { get; init; }

    /// <summary>The envelope sender; <see cref="SmtpPath.Null"/> for the null path.</summary>
    public required SmtpPath ReversePath { get; init; }

    /// <summary>The declared SIZE (RFC 1870); null when none was given.</summary>
    public long? DeclaredSize { get; init; }

    /// <summary>The declared BODY (RFC 6152, RFC 3030).</summary>
    public SmtpBody Body { get; init; }

    /// <summary>Whether SMTPUTF8 was given (RFC 6531): only then may addresses be other than ASCII.</summary>
    public bool IsUtf8 { get; init; }

    /// <summary>Whether REQUIRETLS was given (RFC 8689).</summary>
    public bool RequiresTls { get; init; }

    /// <summary>The transmission type for the trace header (RFC 3848, RFC 6531 §4.3).</summary>
    public string Protocol => TransmissionType.Of(Session, IsUtf8);

    /// <summary>The recipients accepted so far, in order.</summary>
    public IReadOnlyList<SmtpRecipient> Recipients => Accepted;

    /// <summary>Largest content accepted in this transaction, in octets; the delivery may lower it while recipients are added.</summary>
    public long MaxMessageBytes { get; set; } = long.MaxValue;

    /// <summary>Whether the content had a CR or LF outside a CRLF; known when a sink is completed.</summary>
    public bool HasBareNewlines { get; internal set; }

    /// <summary>
    /// Whether the content began with neither a header line nor an empty line, so that the engine gave the sinks one CRLF first, in a
    /// write of its own: the text must not run into the trace lines. Known before that first write.
    /// </summary>
    public bool LacksHeader { get; internal set; }

    internal bool IsDeclaredTooLarge => DeclaredSize > MaxMessageBytes;

    internal List<SmtpRecipient> Accepted { get; } = [];
}

/// <summary>What kind of content a client declares in MAIL.</summary>
public enum SmtpBody
{
    /// <summary>7BIT, or nothing declared.</summary>
    SevenBit,

    /// <summary>8BITMIME (RFC 6152).</summary>
    EightBitMime,

    /// <summary>BINARYMIME (RFC 3030 §3): only BDAT may carry it.</summary>
    BinaryMime,
}

/// <summary>A recipient that was accepted.</summary>
/// <param name="Path">The forward-path.</param>
/// <param name="Sink">Where its copy goes.</param>
public sealed record SmtpRecipient(SmtpPath Path, IMessageSinkFactory Sink);

/// <summary>A reverse-path or forward-path (RFC 5321 §4.1.2), its source route dropped.</summary>
/// <param name="LocalPart">The local part, unquoted; empty for the null path.</param>
/// <param name="Domain">The domain as received, or a literal in brackets; empty for the null path and for a bare <c>postmaster</c>.</param>
/// <param name="Text">The mailbox as the client wrote it, without brackets and route; empty for the null path.</param>
public sealed record SmtpPath(string LocalPart, string Domain, string Text)
{
    /// <summary>The null reverse-path (RFC 5321 §4.5.5).</summary>
    public static SmtpPath Null { get; } = new("", "", "");

    /// <summary>Whether this is the null path.</summary>
    public bool IsNull => Text.Length == 0;

    /// <summary>Whether the domain is an address literal (RFC 5321 §4.1.3).</summary>
    public bool IsLiteral => Domain.StartsWith('[');

    /// <inheritdoc/>
    public override string ToString() => Text;
}
