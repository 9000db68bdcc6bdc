using System.Buffers;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>A message that a <see cref="MemoryDelivery"/> took.</summary>
/// <param name="Transaction">Its transaction.</param>
/// <param name="Recipients">Those that shared the sink.</param>
/// <param name="Trace">The trace lines.</param>
/// <param name="Content">What was written.</param>
/// <param name="Route">Which of several sinks of a message.</param>
public sealed record MemoryMessage(SmtpTransaction Transaction, IReadOnlyList<SmtpRecipient> Recipients, byte[] Trace, byte[] Content, int Route);

/// <summary>Opens sinks in memory; factories of one delivery and route are one sink.</summary>
public sealed class MemorySinkFactory(MemoryDelivery delivery, int route) : IMessageSinkFactory
{
    /// <inheritdoc/>
    public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken)
    {
        delivery.Opened();
        return new(new Sink(delivery, transaction, [.. recipients], traceHeader.ToArray(), route));
    }

    private sealed class Sink(MemoryDelivery delivery, SmtpTransaction transaction, SmtpRecipient[] recipients, byte[] trace, int route) : IMessageSink
    {
        private readonly ArrayBufferWriter<byte> _content = new();

        public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        {
            await delivery.OnWrite(content);
            if (!delivery.Keeps)
                return;
            foreach (var memory in content)
                _content.Write(memory.Span);
        }

        public async ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken)
        {
            var message = new MemoryMessage(transaction, recipients, trace, _content.WrittenSpan.ToArray(), route);
            var reply = await delivery.OnComplete(message) ?? new SmtpReply(250, new(2, 0, 0), "Delivery in progress");
            delivery.Closed(reply.IsPositive ? message : null);
            return reply;
        }

        public ValueTask AbortAsync()
        {
            delivery.Closed(null);
            return default;
        }
    }
}
