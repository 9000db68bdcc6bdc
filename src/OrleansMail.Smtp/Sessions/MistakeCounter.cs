namespace OrleansMail.Smtp.Sessions;

/// <summary>Counts the 5xx replies of a session since its last accepted message (RFC 5321 §7.8).</summary>
internal sealed class MistakeCounter(SmtpServerOptions options)
{
    private int _errors;
    private int _unknownRecipients;
    private bool _refusedRecipient;

    /// <summary>The refusal that is returned next has a limit of its own: a mailing list's stale addresses are no protocol errors.</summary>
    public void RecipientRefused() => _refusedRecipient = true;

    /// <summary>A message was accepted: past mistakes are forgiven.</summary>
    public void Forgive() => _errors = _unknownRecipients = 0;

    /// <summary>Counts the reply.</summary>
    /// <returns>True when it is one mistake more than allowed.</returns>
    public bool IsOneTooMany(SmtpReply reply)
    {
        var ofRecipient = _refusedRecipient;
        _refusedRecipient = false;
        if (reply.Code < 500)
            return false;
        return ofRecipient
            ? options.MaxUnknownRecipients > 0 && ++_unknownRecipients > options.MaxUnknownRecipients
            : options.MaxErrors > 0 && ++_errors > options.MaxErrors;
    }
}
