using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>XCLIENT (Postfix XCLIENT_README): a trusted proxy tells for whom it speaks, and the session begins anew.</summary>
internal static partial class XclientCommand
{
    /// <summary>From anyone else it is an unknown command.</summary>
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (!session.MayTellClient)
            return new(StandardReplies.UnknownCommand);
        if (session.Transaction is not null)
            return new(StandardReplies.OutOfOrder);
        var client = new ToldClient(session.Context);
        if (!client.TryRead(argument.Span))
            return new(StandardReplies.BadArgument);
        client.Apply();
        session.Context.Identity = null;
        return BeginAsync(session);
    }

    private static async ValueTask<SmtpReply?> BeginAsync(SmtpSession session)
    {
        if (!ConnectionAdmission.Admit(session))
            return null;
        try
        {
            await session.RenewDeliveryAsync();
            return session.Banner;
        }
        catch (Exception e)
        {
            Log.NoDelivery(session.Logger, e);
            return StandardReplies.Unavailable(session.Context.HostName);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "No delivery could be made for the client told by XCLIENT; answered 421.", EventName = "NoDeliveryAfterXclient")]
        public static partial void NoDelivery(ILogger logger, Exception exception);
    }
}
