using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>STARTTLS (RFC 3207 §4). Allowed inside a transaction too, which it ends.</summary>
internal static class StartTlsCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (session.Context.Listener.Tls == SmtpListenerTls.None)
            return new(StandardReplies.UnknownCommand);
        if (session.Context.Tls is not null)
            return new(StandardReplies.TlsIsActive);
        if (!session.OffersTls)
            return new(StandardReplies.NotImplemented);
        return argument.IsEmpty ? StartAsync(session) : new(StandardReplies.NoArgumentAllowed);
    }

    // What is pipelined behind the command is neither executed nor carried into TLS (RFC 3207 §4.2).
    private static async ValueTask<SmtpReply?> StartAsync(SmtpSession session)
    {
        session.DiscardInput();
        session.Write(StandardReplies.StartTls);
        await session.StartTlsAsync();
        return null;
    }
}
