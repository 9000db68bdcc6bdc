using System.Buffers;

namespace OrleansMail.Smtp;

/// <summary>Makes a delivery for each session: the classic protocol's delivery factory. One instance serves all sessions at once.</summary>
public interface ISmtpDeliveryFactory
{
    /// <summary>Called once when a session begins, and again when the client has authenticated (it is anonymous until then) or a trusted proxy has told another client by XCLIENT.</summary>
    /// <param name="session">The session, readable while it lasts.</param>
    /// <param name="cancellationToken">Cancelled when the server ends its sessions; not when the peer is gone.</param>
    ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken);
}

/// <summary>
/// What a server decides of a transaction: the classic protocol's delivery. Its methods are never called at once for one session.
/// What a peer can cause is answered as an <see cref="SmtpReply"/>; an exception is answered 451 4.3.0 and logged.
/// </summary>
public interface ISmtpDelivery
{
    /// <summary>Answers MAIL (RFC 5321 §4.1.1.2).</summary>
    /// <returns>Null to accept with the engine's reply; a 2xx reply accepts with that text; any other refuses and opens no transaction.</returns>
    ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Answers RCPT (RFC 5321 §4.1.1.3).</summary>
    /// <param name="transaction">The transaction, with the recipients accepted so far.</param>
    /// <param name="recipient">The recipient in question.</param>
    /// <param name="cancellationToken">Cancelled when the server ends its sessions; not when the peer is gone.</param>
    ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken);

    /// <summary>
    /// The trace lines in front of the content (RFC 5321 §4.4): whole header lines, each ending in CRLF; empty for none.
    /// <see cref="ReceivedHeader"/> writes one that is safe against injection.
    /// </summary>
    /// <param name="transaction">The transaction, its recipients complete.</param>
    /// <param name="recipients">The recipients whose sink will store it.</param>
    ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients);

    /// <summary>
    /// The client sent something further after the reply to DATA was written, so it has seen that reply (RFC 1047); octets that
    /// were already pipelined then do not count. Called at most once for each accepted message; in LMTP the last of its replies counts.
    /// </summary>
    ValueTask ReplySeenAsync(CancellationToken cancellationToken);
}

/// <summary>The answer to RCPT: a sink factory for the message, or a refusal.</summary>
/// <param name="Sink">Recipients accepted with the same instance share one sink.</param>
/// <param name="Reply">The refusal; or, beside a sink, another text than the engine's. Null for the engine's.</param>
public readonly record struct RecipientDecision(IMessageSinkFactory? Sink, SmtpReply? Reply)
{
    /// <summary>Accepts; the message goes to a sink of this factory.</summary>
    public static RecipientDecision Accept(IMessageSinkFactory sink) => new(sink, null);

    /// <summary>Refuses with a 4xx or 5xx reply.</summary>
    public static RecipientDecision Refuse(SmtpReply reply) => new(null, reply);
}

/// <summary>Opens the sink of a message at DATA, or at its first BDAT.</summary>
public interface IMessageSinkFactory
{
    /// <summary>Opens the sink. An exception refuses DATA or BDAT with 451 4.3.0 and aborts the sinks already open.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="recipients">The recipients that share this sink.</param>
    /// <param name="traceHeader">To be stored in front of the content.</param>
    /// <param name="cancellationToken">Cancelled when the server ends its sessions; not when the peer is gone.</param>
    ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken);
}

/// <summary>Takes the content of one message. Either <see cref="CompleteAsync"/> or <see cref="AbortAsync"/> is called last, never both.</summary>
public interface IMessageSink
{
    /// <summary>Takes the next octets of the content, dots unstuffed. The memory is the engine's: it must not be kept after the task completes.</summary>
    /// <remarks>An exception is remembered, the rest of the data is discarded and the error is answered after the final dot.</remarks>
    ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken);

    /// <summary>The end of the data was read: the message is the server's once this returns a 2xx reply.</summary>
    ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken);

    /// <summary>The message will not come to its end: connection lost, time over, too large, or another sink failed.</summary>
    ValueTask AbortAsync();
}

/// <summary>
/// A sink whose recipients can fare differently. In LMTP, where each of them gets a reply (RFC 2033 §4.2), <see cref="CompleteEachAsync"/> is called in the place of
/// <see cref="IMessageSink.CompleteAsync"/>; of a sink that is none, all recipients get the one reply.
/// </summary>
public interface IRecipientMessageSink : IMessageSink
{
    /// <summary>The end of the data was read: the message is the server's for each recipient that gets a 2xx reply.</summary>
    /// <returns>One reply for each recipient of <see cref="IMessageSinkFactory.OpenAsync"/>, in that order. An exception is 451 4.3.0 for all.</returns>
    ValueTask<IReadOnlyList<SmtpReply>> CompleteEachAsync(CancellationToken cancellationToken);
}
