namespace OrleansMail.Smtp.Limits;

/// <summary>
/// One outcome that answers "where is my mail?": a reply to MAIL, RCPT or the data, or a limit that ended or refused something.
/// </summary>
/// <param name="Session">The session.</param>
/// <param name="Transaction">The transaction it is about; null when there is none.</param>
/// <param name="Stage">What was answered.</param>
/// <param name="Path">The sender at MAIL, the recipient at RCPT; null elsewhere.</param>
/// <param name="Reply">What the client was told.</param>
/// <param name="Reason">A stable word: <c>accepted</c>, <c>delivery</c> for the delivery's refusal, or the limit's name (see <see cref="SmtpReasons"/>).</param>
/// <param name="Elapsed">From the command's arrival to the reply.</param>
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

    /// <summary>DATA or BDAT, up to the final reply.</summary>
    Data,

    /// <summary>A limit of the session.</summary>
    Session,
}

/// <summary>The stable words for reasons, in decisions and in the metric of refusals.</summary>
public static class SmtpReasons
{
    /// <summary>Nothing was refused.</summary>
    public const string Accepted = "accepted";

    /// <summary>The delivery refused or deferred; its reply says why.</summary>
    public const string Delivery = "delivery";
}
