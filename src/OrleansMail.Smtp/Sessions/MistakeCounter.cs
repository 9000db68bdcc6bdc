using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// Counts what a session does in vain since its last accepted message (RFC 5321 §7.8): 5xx replies, and commands that bring no message on
/// its way. Our own 4xx are never the client's fault and never count.
/// </summary>
internal sealed class MistakeCounter(SmtpServerOptions options)
{
    private int _errors;
    private int _unknownRecipients;
    private int _commands;
    private bool _refusedRecipient;
    private bool _emptyChunk;

    /// <summary>The refusal that is returned next has a limit of its own: a mailing list's stale addresses are no protocol errors.</summary>
    public void RecipientRefused() => _refusedRecipient = true;

    /// <summary>The reply that is returned next is to a chunk which brings nothing (RFC 3030 §2): it is on no message's way.</summary>
    public void ChunkEmpty() => _emptyChunk = true;

    /// <summary>A message was accepted: all is forgiven.</summary>
    public void Forgive() => _errors = _unknownRecipients = _commands = 0;

    /// <summary>Counts a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="isForMessage">Whether it answers MAIL, RCPT or the data, which are bounded by limits of their own.</param>
    /// <returns>The last reply, in place of the given one, when that is one more than allowed; else null.</returns>
    public SmtpReply? Judge(SmtpReply reply, bool isForMessage)
    {
        var ofRecipient = _refusedRecipient;
        isForMessage &= !_emptyChunk;
        _refusedRecipient = _emptyChunk = false;
        if (reply.Code is >= 400 and < 500)
            return null;
        if (reply.Code >= 500 && ofRecipient)
            return IsOver(ref _unknownRecipients, options.MaxUnknownRecipients) ? StandardReplies.TooManyUnknown(options.HostName) : null;
        if (reply.Code >= 500 && IsOver(ref _errors, options.MaxErrors))
            return StandardReplies.TooManyErrors(options.HostName);
        return !isForMessage && IsOver(ref _commands, options.MaxCommandsWithoutTransaction) ? StandardReplies.TooManyCommands(options.HostName) : null;
    }

    private static bool IsOver(ref int count, int limit) => limit > 0 && ++count > limit;
}
