namespace OrleansMail.Smtp.Limits;

/// <summary>
/// One outcome that answers "where is my mail?": a reply to MAIL, RCPT or the data, or a limit that ended or refused something.
/// </summary>
/// <param name="Session">The session.</param>
/// <param name="Transaction">The transaction it is about; null when there is none.</param>
/// <param name="Stage">What was answered.</param>
/// <param name="Path">The sender at MAIL, the recipient at RCPT and, in LMTP, at its reply to the data; null elsewhere.</param>
/// <param name="Reply">What the client was told, or would have been where nothing can be said: around a TLS handshake, and behind a proxy that is not understood.</param>
/// <param name="Reason">A stable word: <c>accepted</c>, the limit's name (see <see cref="SmtpReasons"/>), or the word that the delivery's reply brought.</param>
/// <param name="Elapsed">From the command's arrival to the reply, the client's sending of the data included; zero where there is no command.</param>
public sealed record SmtpDecision(
    SmtpSessionContext Session,
    SmtpTransaction? Transaction,
    SmtpStage Stage,
    SmtpPath? Path,
    SmtpReply Reply,
    string Reason,
    TimeSpan Elapsed);

/// <summary>What a decision answers.</summary>
public enum SmtpStage
{
    /// <summary>The connection itself.</summary>
    Connection,

    /// <summary>MAIL.</summary>
    Sender,

    /// <summary>RCPT.</summary>
    Recipient,

    /// <summary>DATA or BDAT: its refusal, or the final reply.</summary>
    Data,

    /// <summary>A limit of the session.</summary>
    Session,
}
