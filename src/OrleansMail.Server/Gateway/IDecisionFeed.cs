using OrleansMail.Smtp.Limits;

namespace OrleansMail.Server.Gateway;

/// <summary>
/// Hears of every decision of the SMTP edge: replies to MAIL, RCPT and the data, and limits that refused something. None is registered by
/// default; then nothing is made for it.
/// </summary>
public interface IDecisionFeed
{
    /// <summary>Takes a decision. Called inside the session, from many at once: it must return at once. What it throws is logged, and no message is lost or delayed by it.</summary>
    /// <param name="decision">What was decided, with a reason of <see cref="SmtpReasons"/> or of <see cref="GatewayReasons"/>.</param>
    void Report(SmtpDecision decision);
}
