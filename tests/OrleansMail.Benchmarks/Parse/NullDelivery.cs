using System.Buffers;
using OrleansMail.Smtp;

namespace OrleansMail.Benchmarks.Parse;

/// <summary>Accepts everything and keeps nothing, without a cost of its own: what is measured is the engine's.</summary>
internal sealed class NullDelivery : ISmtpDeliveryFactory, ISmtpDelivery, IMessageSinkFactory, IMessageSink
{
    private static readonly SmtpReply Queued = new(250, new(2, 0, 0), "Ok: queued");

    public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => new(this);

    public ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken) => default;

    public ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken) =>
        new(RecipientDecision.Accept(this));

    public ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients) => default;

    public ValueTask ReplySeenAsync(CancellationToken cancellationToken) => default;

    public ValueTask<IMessageSink> OpenAsync(
        SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken) => new(this);

    public ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

    public ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken) => new(Queued);

    public ValueTask AbortAsync() => default;
}
