using OrleansMail.Smtp.Data;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>DATA (RFC 5321 §4.1.1.4): 354 only when every sink is open, the final reply when every sink has answered.</summary>
internal static class DataCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        !argument.IsEmpty ? new(StandardReplies.NoArgumentAllowed)
        : session.Transaction!.Body == SmtpBody.BinaryMime ? new(StandardReplies.BinaryNeedsChunks) // RFC 3030 §3
        : ReceiveAsync(session, cancellationToken);

    private static async ValueTask<SmtpReply?> ReceiveAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        var transaction = session.Transaction!;
        var sinks = new SinkGroup(session.Logger);
        try
        {
            if (!await sinks.OpenAsync(transaction, session.Delivery, cancellationToken))
                return sinks.Failure;
            session.Write(StandardReplies.StartData);
            return await new DataReceiver(session, transaction, sinks).ReceiveAsync(cancellationToken)
                ? await FinalReplies.GiveAsync(session, transaction, sinks, cancellationToken)
                : null;
        }
        finally
        {
            session.Reset();
        }
    }
}
