using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Server.Gateway.Recipients;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway;

/// <summary>What one session's transactions come to, by the grains' answers.</summary>
internal sealed partial class GatewayDelivery(
    RecipientPolicy policy,
    PayloadSinkOpener sinks,
    UnseenRecords unseen,
    IStoreHealth health,
    TimeProvider time,
    ILogger<GatewayDelivery> logger) : ISmtpDelivery
{
    private MailTransaction? current;

    /// <inheritdoc/>
    public async ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken)
    {
        current = new MailTransaction(sinks, unseen);
        try
        {
            var refusal = GatewayReplies.For(await health.CheckAsync(MailPlace.SharedStore, transaction.DeclaredSize ?? 0, cancellationToken));
            if (!health.HasOwnStores)
                return refusal;
            current.SharedStoreRefusal = refusal; // whose mail it is is told by RCPT
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.SenderNotValidated(logger, transaction.Session.Id, exception);
            return GatewayReplies.Unavailable;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken)
    {
        var mail = current ??= new MailTransaction(sinks, unseen);
        try
        {
            var refusal = await policy.AdmitAsync(mail, transaction, recipient, cancellationToken);
            return refusal is null ? RecipientDecision.Accept(mail) : RecipientDecision.Refuse(refusal);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.RecipientNotValidated(logger, transaction.Session.Id, exception);
            return RecipientDecision.Refuse(policy.Count(GatewayReplies.Unavailable));
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients) =>
        TraceHeader.Create(transaction, recipients, current!.ChooseId(recipients, time), time.GetUtcNow());

    /// <inheritdoc/>
    public ValueTask ReplySeenAsync(CancellationToken cancellationToken)
    {
        unseen.MarkSeen();
        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Session {Session}: the store's condition is not known, MAIL is deferred.", EventName = "SenderNotValidated")]
        public static partial void SenderNotValidated(ILogger logger, string session, Exception exception);

        [LoggerMessage(LogLevel.Error, "Session {Session}: a recipient could not be resolved and is deferred.", EventName = "RecipientNotValidated")]
        public static partial void RecipientNotValidated(ILogger logger, string session, Exception exception);
    }
}
