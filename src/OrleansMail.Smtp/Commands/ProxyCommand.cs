using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>A PROXY line where no header is expected: a syntax error, whoever sends it.</summary>
internal static class ProxyCommand
{
    /// <summary>
    /// From a trusted proxy it is a header that came after the greeting: what follows would be taken for the proxy's own mail, and its client would read one
    /// reply too many, so the session ends.
    /// </summary>
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (!session.MayTellClient)
            return new(StandardReplies.BadSyntax);
        ProxyPrologue.Refuse(session, "its PROXY header came too late");
        return new((SmtpReply?)null);
    }
}
