using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>Has a message recorded in all its domains at once; only when each of them has it is it answered 250.</summary>
internal sealed partial class MessageRecorder(SeenMarks marks, DomainRecorder recorder, IPayloadStore payloads, GatewayMetrics metrics, ILogger<MessageRecorder> logger)
{
    /// <summary>Records the message and says what to answer; never throws.</summary>
    /// <param name="message">Who it is for.</param>
    /// <param name="receivedAt">When the end of the data was read.</param>
    /// <param name="headers">The kept header fields.</param>
    /// <param name="payload">The payload; an object belongs to the first domain.</param>
    public async Task<RecordedReply> RecordAsync(IncomingMessage message, DateTimeOffset receivedAt, IReadOnlyList<HeaderField> headers, Payload payload)
    {
        var submission = CreateSubmission(message, receivedAt, headers, payload);
        var outcomes = message.Deliveries.Count == 1
            ? [await RecordAsync(message, message.Deliveries[0], submission, isFirst: true)]
            : await Task.WhenAll(message.Deliveries.Select((d, i) => RecordAsync(message, d, submission, isFirst: i == 0)));
        var held = Array.Exists(outcomes, o => o.PayloadMayBeHeld);
        if (Failure(outcomes) is { } failure)
            return new(failure, held);
        for (var i = 0; i < outcomes.Length; i++)
            message.Unseen.Add(new(message.Tenant, message.Deliveries[i].Domain, outcomes[i].Id.Record));
        metrics.MessageAccepted(message.Tenant, payload.Size);
        return new(GatewayReplies.Queued(outcomes[0].Id), held);
    }

    private async Task<DomainOutcome> RecordAsync(IncomingMessage message, DomainDelivery delivery, MessageSubmission submission, bool isFirst)
    {
        var payload = submission.Payload;
        try
        {
            if (!isFirst && payload.ObjectPath is { } path)
                payload = payload with { ObjectPath = await payloads.CopyAsync(path, delivery.Key.Tenant, delivery.Key.Domain, delivery.Id, CancellationToken.None) };
        }
        catch (Exception exception)
        {
            Log.NotCopied(logger, delivery.Id, exception);
            return new(exception is StoreFullException ? DomainResult.Full : DomainResult.Unavailable);
        }

        var seen = marks.Take(message.Tenant, delivery.Domain);
        var outcome = await recorder.RecordAsync(
            message.Tenant, delivery.Domain, submission with { Id = delivery.Id, Mailboxes = delivery.Mailboxes, Payload = payload, Seen = seen });
        if (!outcome.IsDurable)
            marks.Return(message.Tenant, delivery.Domain, seen); // refused before the partition, or nobody knows
        if (payload.ObjectPath is { } own && IsWithoutRecord(outcome, delivery))
            _ = ObserveAsync(payloads.DeleteAsync(own, CancellationToken.None));
        return outcome;
    }

    // Only where it is certain: a record call that failed may have left a record behind, whose object must stay; the sweep decides.
    private static bool IsWithoutRecord(DomainOutcome outcome, DomainDelivery delivery) => !outcome.PayloadMayBeHeld && outcome.Result switch
    {
        DomainResult.Gone or DomainResult.Suspended => true,
        DomainResult.Repeated => outcome.Id.Record != delivery.Id,
        _ => false,
    };

    private static MessageSubmission CreateSubmission(IncomingMessage message, DateTimeOffset receivedAt, IReadOnlyList<HeaderField> headers, Payload payload)
    {
        var session = message.Transaction.Session;
        return new MessageSubmission(
            default,
            receivedAt,
            message.Transaction.ReversePath.Text,
            [],
            new SessionFacts(session.Helo ?? "", session.RemoteEndPoint?.Address.ToString(), message.Transaction.Protocol, Tls: null),
            headers,
            Flags(message.Transaction),
            payload,
            message.Unseen.Records);
    }

    private static MessageFlags Flags(SmtpTransaction transaction) =>
        (transaction.HasBareNewlines ? MessageFlags.BareNewlines : MessageFlags.None)
        | (transaction.RequiresTls ? MessageFlags.RequireTls : MessageFlags.None)
        | (transaction.IsUtf8 ? MessageFlags.SmtpUtf8 : MessageFlags.None);

    // All of these ask the client to try again; the mildest that is true of every failure is said.
    private static SmtpReply? Failure(DomainOutcome[] outcomes)
    {
        var failed = Array.FindAll(outcomes, o => !o.IsDurable);
        if (failed.Length == 0)
            return null;
        if (Array.TrueForAll(failed, o => o.Result == DomainResult.Suspended))
            return GatewayReplies.Suspended;
        return Array.TrueForAll(failed, o => o.Result == DomainResult.Full) ? GatewayReplies.Full : GatewayReplies.Unavailable;
    }

    private async Task ObserveAsync(ValueTask call)
    {
        try
        {
            await call;
        }
        catch (Exception exception)
        {
            Log.AfterthoughtFailed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Message {Id}: its payload could not be copied for a further domain; the client keeps it.", EventName = "PayloadNotCopied")]
        public static partial void NotCopied(ILogger logger, Ulid id, Exception exception);

        [LoggerMessage(LogLevel.Debug, "An object without a record is left to the sweep.", EventName = "AfterthoughtFailed")]
        public static partial void AfterthoughtFailed(ILogger logger, Exception exception);
    }
}

/// <summary>What to answer, and whether a call without an answer may still refer to the payload's memory.</summary>
internal readonly record struct RecordedReply(SmtpReply Reply, bool PayloadMayBeHeld);
