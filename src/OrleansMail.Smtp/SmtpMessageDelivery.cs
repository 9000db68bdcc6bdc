using System.Text;
using OrleansMail.Smtp.Data;

namespace OrleansMail.Smtp;

/// <summary>The delivery for servers that want no more than a function: it takes every sender, and gives each message to a handler once, for all its recipients.</summary>
/// <param name="handler">Takes a message and answers it; runs while the content arrives.</param>
/// <param name="refuse">The refusal of a recipient, null to accept; without it every recipient is accepted.</param>
/// <param name="time">The clock of the Received line; the system's by default.</param>
public sealed class SmtpMessageDelivery(SmtpMessageHandler handler, Func<SmtpTransaction, SmtpPath, SmtpReply?>? refuse = null, TimeProvider? time = null)
    : ISmtpDeliveryFactory, ISmtpDelivery, IMessageSinkFactory
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => new(this);

    /// <inheritdoc/>
    public ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken) =>
        new(refuse?.Invoke(transaction, recipient) is { } refusal ? RecipientDecision.Refuse(refusal) : RecipientDecision.Accept(this));

    /// <summary>None: the lines name the message, whose id the sink makes.</summary>
    public ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients) => default;

    /// <inheritdoc/>
    public ValueTask ReplySeenAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken)
    {
        var at = _time.GetUtcNow();
        var id = Guid.CreateVersion7(at).ToString("n");
        byte[] trace = [.. Encoding.UTF8.GetBytes($"Return-Path: <{transaction.ReversePath.Text}>\r\n"), .. ReceivedHeader.Create(transaction, recipients, id, at)];
        return new(new HandlerSink(handler, id, transaction, recipients, trace, cancellationToken));
    }
}
