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
        var options = session.Options;
        if (!PathArgument.TryTakeKeyword(ref text, "FROM"u8, options.StrictWhiteSpace))
            return StandardReplies.BadArgument;
        if ((PathSyntax.TryTakeReverse(ref text) ?? (options.StrictSenders ? null : LenientPathSyntax.TryTakeReverse(ref text))) is not { } path)
            return StandardReplies.BadSenderSyntax;
        session.Decisions.IsAbout(path);
        var parameters = new MailParameters();
        if ((parameters.Read(text, options.StrictWhiteSpace) ?? Refuse(session, path, parameters)) is { } refusal)
            return refusal;
        transaction = new SmtpTransaction
        {
            Session = session.Context,
            ReversePath = path,
            DeclaredSize = parameters.Size,
            Body = parameters.Body,
            IsUtf8 = parameters.IsUtf8,
            RequiresTls = parameters.RequiresTls && !path.IsNull, // a bounce is not tagged (RFC 8689 §3)
            MaxMessageBytes = options.MaxMessageBytes,
        };
        if (transaction.IsDeclaredTooLarge)
            return StandardReplies.TooLarge;
        return session.HasRoomForTransaction ? null : StandardReplies.TooManyTransactions;
    }

    // What is well written and not offered in the session's present state; and what the path needs.
    private static SmtpReply? Refuse(SmtpSession session, SmtpPath path, MailParameters parameters)
    {
        if (parameters.RequiresTls && !ExtensionList.OffersRequireTls(session))
            return ExtensionList.IsExtended(session) && ExtensionList.CanHaveTls(session) ? StandardReplies.TlsNeeded : StandardReplies.UnknownParameter;
        if (((parameters.IsUtf8 || parameters.Body == SmtpBody.BinaryMime) && !ExtensionList.IsExtended(session))
            || (parameters.HasAuth && !ExtensionList.OffersAuth(session)))
            return StandardReplies.UnknownParameter;
        if (path.IsUtf8 && !parameters.IsUtf8)
            return StandardReplies.NotAscii;
        return session.HasTransactionLeft ? null : StandardReplies.NoTransactionLeft(session.Context.HostName);
    }

    private static async ValueTask<SmtpReply?> ValidateAsync(SmtpSession session, SmtpTransaction transaction, CancellationToken cancellationToken)
    {
        var reply = await session.Delivery.ValidateSenderAsync(transaction, cancellationToken) ?? StandardReplies.SenderAccepted;
        if (!reply.IsPositive)
            return reply;
        if (transaction.IsDeclaredTooLarge) // the delivery has lowered the limit
            return StandardReplies.TooLarge;
        return session.TryBegin(transaction) ? reply : StandardReplies.TooManyTransactions;
    }
}
