namespace OrleansMail.Smtp.Data;

/// <summary>What follows the end of a message: one reply, or in LMTP one for each recipient (RFC 2033 §4.2, §4.3).</summary>
internal static class FinalReplies
{
    /// <summary>Completes the sinks; all replies but the last are written.</summary>
    /// <returns>The last reply; null when there is none to give: in LMTP, a last chunk of a transaction without recipients (RFC 2033 §4.3).</returns>
    public static async ValueTask<SmtpReply?> GiveAsync(SmtpSession session, SmtpTransaction transaction, SinkGroup sinks, CancellationToken cancellationToken)
    {
        if (session.Context.Listener.Lmtp)
            return await GiveEachAsync(session, transaction.Recipients, await sinks.CompleteEachAsync(transaction.Recipients, cancellationToken));
        var reply = await sinks.CompleteAsync(cancellationToken);
        if (reply.IsPositive)
            session.MessageAccepted();
        return reply;
    }

    private static async ValueTask<SmtpReply?> GiveEachAsync(SmtpSession session, IReadOnlyList<SmtpRecipient> recipients, IReadOnlyList<SmtpReply> replies)
    {
        for (var i = 0; i < replies.Count - 1; i++)
        {
            await session.WriteAsync(replies[i]);
            session.Decisions.TellOfCopy(recipients[i], replies[i]);
        }

        session.Decisions.IsAbout(recipients.Count == 0 ? null : recipients[^1].Path);
        // Told behind the others, for it is the last of them whose arrival shows that all have arrived.
        if (replies.Any(static reply => reply.IsPositive))
            session.MessageAccepted();
        return replies.Count == 0 ? null : replies[^1];
    }
}
