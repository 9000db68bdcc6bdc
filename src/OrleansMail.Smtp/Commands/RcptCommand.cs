using System.Text;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>RCPT (RFC 5321 §4.1.1.3).</summary>
internal static class RcptCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var refusal = Parse(argument.Span, out var path);
        session.DecidesOn(path);
        if (refusal is null && session.Transaction!.Accepted.Count >= session.Options.MaxRecipients)
            refusal = StandardReplies.TooManyRecipients;
        return refusal is null ? ValidateAsync(session, path!, cancellationToken) : new(refusal);
    }

    private static SmtpReply? Parse(ReadOnlySpan<byte> text, out SmtpPath? path)
    {
        path = null;
        if (!PathArgument.TryTakeKeyword(ref text, "TO:"u8))
            return StandardReplies.BadArgument;
        path = PathSyntax.TryTakeForward(ref text);
        if (path is null)
            return Ascii.IsValid(text) ? StandardReplies.BadRecipientSyntax : StandardReplies.NotAscii;
        if (ParameterList.TryTake(ref text, out _, out _))
            return StandardReplies.UnknownParameter;
        return text.IsEmpty ? null : StandardReplies.BadArgument;
    }

    private static async ValueTask<SmtpReply?> ValidateAsync(SmtpSession session, SmtpPath path, CancellationToken cancellationToken)
    {
        var transaction = session.Transaction!;
        var limit = transaction.MaxMessageBytes;
        var (sink, reply) = await session.Delivery.ValidateRecipientAsync(transaction, path, cancellationToken);
        if (sink is null)
        {
            session.RecipientRefused();
            return reply ?? StandardReplies.LocalError;
        }

        if (transaction.IsDeclaredTooLarge)
        {
            transaction.MaxMessageBytes = limit; // lowered for this recipient, who is out
            return StandardReplies.TooLarge;
        }

        transaction.Accepted.Add(new SmtpRecipient(path, sink));
        return reply ?? StandardReplies.RecipientAccepted;
    }
}
