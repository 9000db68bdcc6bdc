using System.Text;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>MAIL (RFC 5321 §4.1.1.2).</summary>
internal static class MailCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var refusal = Parse(session, argument.Span, out var transaction);
        return refusal is null ? ValidateAsync(session, transaction!, cancellationToken) : new(refusal);
    }

    private static SmtpReply? Parse(SmtpSession session, ReadOnlySpan<byte> text, out SmtpTransaction? transaction)
    {
        transaction = null;
        if (!PathArgument.TryTakeKeyword(ref text, "FROM:"u8))
            return StandardReplies.BadArgument;
        if (PathSyntax.TryTakeReverse(ref text) is not { } path)
            return Ascii.IsValid(text) ? StandardReplies.BadSenderSyntax : StandardReplies.NotAscii;
        var parameters = new MailParameters();
        if (parameters.Read(text) is { } refusal)
            return refusal;
        transaction = new SmtpTransaction
        {
            Session = session.Context,
            ReversePath = path,
            DeclaredSize = parameters.Size,
            Body = parameters.Is8BitMime ? SmtpBody.EightBitMime : SmtpBody.SevenBit,
            MaxMessageBytes = session.Options.MaxMessageBytes,
        };
        return transaction.IsDeclaredTooLarge ? StandardReplies.TooLarge : null;
    }

    private static async ValueTask<SmtpReply?> ValidateAsync(SmtpSession session, SmtpTransaction transaction, CancellationToken cancellationToken)
    {
        var reply = await session.Delivery.ValidateSenderAsync(transaction, cancellationToken) ?? StandardReplies.SenderAccepted;
        if (!reply.IsPositive)
            return reply;
        if (transaction.IsDeclaredTooLarge) // the delivery has lowered the limit
            return StandardReplies.TooLarge;
        session.Begin(transaction);
        return reply;
    }
}
