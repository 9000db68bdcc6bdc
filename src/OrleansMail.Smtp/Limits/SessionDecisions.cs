namespace OrleansMail.Smtp.Limits;

/// <summary>The decisions of one session, one after the other: what the present one is about, and since when.</summary>
internal sealed class SessionDecisions(DecisionPoint point, SmtpSessionContext session)
{
    private SmtpPath? _path;
    private SmtpTransaction? _transaction;
    private long _began;

    /// <summary>A command whose reply is a decision begins.</summary>
    /// <param name="transaction">The transaction that it is about, even when it ends it; null when it is about none, or about one that it opens.</param>
    public void Begin(SmtpTransaction? transaction)
    {
        _began = point.Begin();
        _transaction = transaction;
    }

    /// <summary>The present decision is about a transaction that was opened.</summary>
    public void IsAbout(SmtpTransaction transaction) => _transaction = transaction;

    /// <summary>The present decision is about this path.</summary>
    public void IsAbout(SmtpPath? path) => _path = path;

    /// <summary>Reports a reply that was written, and ends the present decision.</summary>
    /// <param name="open">The open transaction; null for the one that the decision is about.</param>
    /// <param name="stage">What it answers.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="reason">Why; null for the reply's own reason.</param>
    public void Tell(SmtpTransaction? open, SmtpStage stage, SmtpReply reply, string? reason)
    {
        Report(open, stage, _path, reply, reason ?? SmtpReasons.Of(reply));
        (_path, _transaction, _began) = (null, null, 0);
    }

    /// <summary>Reports one of the replies to a message's data that go before the last, which <see cref="Tell"/> reports (RFC 2033 §4.2).</summary>
    public void TellOfCopy(SmtpRecipient recipient, SmtpReply reply) => Report(null, SmtpStage.Data, recipient.Path, reply, SmtpReasons.Of(reply));

    private void Report(SmtpTransaction? open, SmtpStage stage, SmtpPath? path, SmtpReply reply, string reason)
    {
        point.Count(reply, reason);
        point.Tell(session, open ?? _transaction, stage, path, reply, reason, _began);
    }
}
