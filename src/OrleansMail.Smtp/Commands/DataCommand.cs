using OrleansMail.Smtp.Data;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>DATA (RFC 5321 §4.1.1.4): 354 only when every sink is open, one reply when every sink has answered.</summary>
internal static class DataCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        argument.IsEmpty ? ReceiveAsync(session, cancellationToken) : new(StandardReplies.NoArgumentAllowed);

    private static async ValueTask<SmtpReply?> ReceiveAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        var transaction = session.Transaction!;
        var sinks = new SinkGroup(session.Logger);
        try
        {
            if (!await sinks.OpenAsync(transaction, session.Delivery, cancellationToken))
                return sinks.Failure;
            session.Write(StandardReplies.StartData);
            var receiver = new DataReceiver(session, transaction, sinks, Math.Min(transaction.MaxMessageBytes, session.Options.MaxMessageBytes));
            if (!await receiver.ReceiveAsync(cancellationToken))
                return null;
            var reply = await sinks.CompleteAsync(cancellationToken);
            if (reply.IsPositive)
                session.MessageAccepted();
            return reply;
        }
        finally
        {
            session.Reset();
        }
    }
}
