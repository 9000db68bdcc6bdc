using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>RCPT (RFC 5321 §4.1.1.3). Its path is parsed strictly whoever the client is.</summary>
internal static class RcptCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var refusal = Parse(session, argument.Span, out var path);
        session.Decisions.IsAbout(path);
        if (refusal is null && session.Transaction!.Accepted.Count >= session.Options.MaxRecipients)
            refusal = StandardReplies.TooManyRecipients;
        if (refusal is null && !session.RecipientDomains.HasRoomFor(path!.Domain))
            refusal = StandardReplies.TooManyDomains;
        return refusal is null ? ValidateAsync(session, path!, cancellationToken) : new(refusal);
    }

    private static SmtpReply? Parse(SmtpSession session, ReadOnlySpan<byte> text, out SmtpPath? path)
    {
        path = null;
        var strictWhiteSpace = session.Options.StrictWhiteSpace;
        if (!PathArgument.TryTakeKeyword(ref text, "TO"u8, strictWhiteSpace))
            return StandardReplies.BadArgument;
        path = PathSyntax.TryTakeForward(ref text);
        if (path is null)
            return StandardReplies.BadRecipientSyntax;
        if (ParameterList.TryTake(ref text, out _, out _, strictWhiteSpace))
            return StandardReplies.UnknownParameter;
        if (!text.IsEmpty)
            return StandardReplies.BadArgument;
        return path.IsUtf8 && !session.Transaction!.IsUtf8 ? StandardReplies.NotAscii : null;
    }

    private static async ValueTask<SmtpReply?> ValidateAsync(SmtpSession session, SmtpPath path, CancellationToken cancellationToken)
    {
        var transaction = session.Transaction!;
        var limit = transaction.MaxMessageBytes;
        var (sink, reply) = await session.Delivery.ValidateRecipientAsync(transaction, path, cancellationToken);
        if (sink is null)
        {
            session.Mistakes.RecipientRefused();
            return reply ?? StandardReplies.LocalError;
        }

        if (transaction.IsDeclaredTooLarge)
        {
            transaction.MaxMessageBytes = limit; // lowered for this recipient, who is out
            return StandardReplies.TooLarge;
        }

        transaction.Accepted.Add(new SmtpRecipient(path, sink));
        session.RecipientDomains.Add(path.Domain);
        return reply ?? StandardReplies.RecipientAccepted;
    }
}
