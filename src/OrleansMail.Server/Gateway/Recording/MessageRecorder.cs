using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>Has a message recorded in all its domains at once, and says what to answer.</summary>
internal sealed partial class MessageRecorder(SeenMarks marks, DomainRecorder recorder, IPayloadStore payloads, GatewayMetrics metrics, ILogger<MessageRecorder> logger)
{
    /// <summary>Records the message; never throws.</summary>
    /// <param name="message">Who it is for.</param>
    /// <param name="receivedAt">When the end of the data was read.</param>
    /// <param name="headers">The kept header fields.</param>
    /// <param name="payload">The payload; an object belongs to the first domain.</param>
    public async Task<RecordedMessage> RecordAsync(IncomingMessage message, DateTimeOffset receivedAt, IReadOnlyList<HeaderField> headers, Payload payload)
    {
        var submission = CreateSubmission(message, receivedAt, headers, payload);
        Attempt[] attempts = message.Deliveries.Count == 1
            ? [await RecordAsync(message, message.Deliveries[0], submission, isFirst: true)]
            : await Task.WhenAll(message.Deliveries.Select((d, i) => RecordAsync(message, d, submission, isFirst: i == 0)));
        // Not before all have ended: the other domains' copies are made of the first one's object.
        foreach (var attempt in attempts)
        {
            if (attempt.Orphan is { } orphan)
                _ = ObserveAsync(payloads.DeleteAsync(orphan, CancellationToken.None));
        }

        return new(Array.ConvertAll(attempts, static attempt => attempt.Outcome), payload.Size);
    }

    /// <summary>The one reply for all recipients: 250 only when each domain has the message.</summary>
    public SmtpReply Answer(IncomingMessage message, RecordedMessage recorded)
    {
        if (RecordedMessage.Failure(recorded.Outcomes) is { } failure)
            return failure;
        for (var i = 0; i < recorded.Outcomes.Length; i++)
            Tell(message, recorded, i);
        metrics.MessageAccepted(message.Tenant, recorded.Size);
        return GatewayReplies.Queued(recorded.Outcomes[0].Id);
    }

    /// <summary>A reply for each recipient (RFC 2033 §4.2): 250 when each domain that it leads to has the message.</summary>
    public IReadOnlyList<SmtpReply> AnswerEach(IncomingMessage message, RecordedMessage recorded)
    {
        var byRecipient = new RecipientDomains(message.Deliveries);
        var domains = message.Recipients.Select(r => byRecipient.Of(r.Path.Text)).ToArray();
        var outcomes = Array.ConvertAll(domains, indices => Array.ConvertAll(indices, i => recorded.Outcomes[i]));
        var replies = Array.ConvertAll(outcomes, own => RecordedMessage.Failure(own) ?? GatewayReplies.Queued(own[0].Id));
        // A domain of which one recipient is told otherwise must recognise the retry, so it does not count as told.
        var withheld = domains.Where((_, r) => !replies[r].IsPositive).SelectMany(indices => indices).ToHashSet();
        for (var i = 0; i < recorded.Outcomes.Length; i++)
        {
            if (!withheld.Contains(i))
                Tell(message, recorded, i);
        }

        if (Array.Exists(replies, reply => reply.IsPositive))
            metrics.MessageAccepted(message.Tenant, recorded.Size);
        return replies;
    }

    private static void Tell(IncomingMessage message, RecordedMessage recorded, int domain) =>
        message.Unseen.Add(new(message.Tenant, message.Deliveries[domain].Domain, recorded.Outcomes[domain].Id.Record));

    private async Task<Attempt> RecordAsync(IncomingMessage message, DomainDelivery delivery, MessageSubmission submission, bool isFirst)
    {
        var payload = submission.Payload;
        try
        {
            if (!isFirst && payload.ObjectPath is not null)
            {
                await payloads.CopyAsync(message.Deliveries[0].Object, payload.Size, delivery.Object, CancellationToken.None);
                payload = payload with { ObjectPath = delivery.Object.Path };
            }
        }
        catch (Exception exception)
        {
            Log.NotCopied(logger, delivery.Id, exception);
            return new(new(exception is StoreFullException ? DomainResult.Full : DomainResult.Unavailable), null);
        }

        var seen = marks.Take(message.Tenant, delivery.Domain);
        var outcome = await recorder.RecordAsync(
            message.Tenant, delivery.Domain, submission with { Id = delivery.Id, Mailboxes = delivery.Mailboxes, Payload = payload, Seen = seen });
        if (!outcome.IsDurable)
            marks.Return(message.Tenant, delivery.Domain, seen); // refused before the partition, or nobody knows
        return new(outcome, payload.ObjectPath is not null && IsWithoutRecord(outcome, delivery) ? delivery.Object : null);
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
            new SessionFacts(session.Helo ?? "", session.RemoteEndPoint?.Address.ToString(), message.Transaction.Protocol, Facts(session.Tls)),
            headers,
            Flags(message.Transaction),
            payload,
            message.Unseen.Records);
    }

    private static TlsFacts? Facts(SmtpTlsInfo? tls) => tls is null ? null : new TlsFacts(
        tls.Version,
        tls.Cipher,
        tls.ServerName,
        tls.ClientCertificate is { } shown ? new ClientCertificateFacts(shown.Subject, shown.Fingerprint) : null);

    private static MessageFlags Flags(SmtpTransaction transaction) =>
        (transaction.HasBareNewlines ? MessageFlags.BareNewlines : MessageFlags.None)
        | (transaction.RequiresTls ? MessageFlags.RequireTls : MessageFlags.None)
        | (transaction.IsUtf8 ? MessageFlags.SmtpUtf8 : MessageFlags.None);

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

    // Orphan: an object that no record has.
    private readonly record struct Attempt(DomainOutcome Outcome, PayloadObject? Orphan);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Message {Id}: its payload could not be copied for a further domain; the client keeps it.", EventName = "PayloadNotCopied")]
        public static partial void NotCopied(ILogger logger, Ulid id, Exception exception);

        [LoggerMessage(LogLevel.Debug, "An object without a record is left to the sweep.", EventName = "AfterthoughtFailed")]
        public static partial void AfterthoughtFailed(ILogger logger, Exception exception);
    }
}
