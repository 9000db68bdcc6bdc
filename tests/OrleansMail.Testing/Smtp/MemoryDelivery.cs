using System.Buffers;
using System.Collections.Concurrent;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>
/// The classic protocol's DummySMTP: accepts <c>ok*@example.test</c> and postmaster, refuses everybody else, and keeps one copy of
/// each message per recipient. One instance may serve many sessions; behaviour is changed by setting the hooks.
/// </summary>
public sealed class MemoryDelivery : ISmtpDeliveryFactory, ISmtpDelivery
{
    private readonly ConcurrentQueue<MemoryMessage> _messages = new();
    private readonly ConcurrentDictionary<int, MemorySinkFactory> _sinks = new();
    private int _seen;
    private int _open;
    private int _aborted;

    /// <summary>The messages completed so far, in order.</summary>
    public IReadOnlyList<MemoryMessage> Messages => [.. _messages];

    /// <summary>How often a reply was seen to arrive.</summary>
    public int Seen => Volatile.Read(ref _seen);

    /// <summary>Sinks opened and neither completed nor aborted.</summary>
    public int OpenSinks => Volatile.Read(ref _open);

    /// <summary>Sinks aborted.</summary>
    public int Aborted => Volatile.Read(ref _aborted);

    /// <summary>The sink factory of a route: recipients accepted with the same one share a sink.</summary>
    public MemorySinkFactory Sink(int route) => _sinks.GetOrAdd(route, static (number, delivery) => new MemorySinkFactory(delivery, number), this);

    /// <summary>Answers MAIL; accepts by default.</summary>
    public Func<SmtpTransaction, ValueTask<SmtpReply?>> OnSender { get; set; } = static _ => default;

    /// <summary>Decides of a recipient; null leaves it to the default.</summary>
    public Func<SmtpTransaction, SmtpPath, ValueTask<RecipientDecision?>> OnRecipient { get; set; } = static (_, _) => default;

    /// <summary>Runs at each write to a sink.</summary>
    public Func<ReadOnlySequence<byte>, ValueTask> OnWrite { get; set; } = static _ => default;

    /// <summary>Answers the end of the data; null accepts.</summary>
    public Func<MemoryMessage, ValueTask<SmtpReply?>> OnComplete { get; set; } = static _ => default;

    /// <summary>Whether sinks keep what they are given.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Each recipient's copy: trace line and content.</summary>
    public IReadOnlyList<byte[]> Copies => [.. _messages.SelectMany(message => Enumerable.Repeat<byte[]>([.. message.Trace, .. message.Content], message.Recipients.Count))];

    /// <inheritdoc/>
    public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => new(this);

    /// <inheritdoc/>
    public ValueTask<SmtpReply?> ValidateSenderAsync(SmtpTransaction transaction, CancellationToken cancellationToken) => OnSender(transaction);

    /// <inheritdoc/>
    public async ValueTask<RecipientDecision> ValidateRecipientAsync(SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken)
    {
        if (await OnRecipient(transaction, recipient) is { } decision)
            return decision;
        var known = recipient.Domain.Equals("example.test", StringComparison.OrdinalIgnoreCase)
            ? recipient.LocalPart.StartsWith("ok", StringComparison.OrdinalIgnoreCase) || recipient.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase)
            : recipient.Domain.Length == 0;
        if (known)
            return RecipientDecision.Accept(Sink(0));
        return RecipientDecision.Refuse(recipient.Domain.Equals("example.test", StringComparison.OrdinalIgnoreCase)
            ? new SmtpReply(550, new(5, 1, 1), "No such mailbox here")
            : new SmtpReply(550, new(5, 7, 1), "We do not relay"));
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CreateTraceHeader(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients) =>
        ReceivedHeader.Create(transaction, recipients, "test", DateTimeOffset.UnixEpoch);

    /// <inheritdoc/>
    public ValueTask ReplySeenAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _seen);
        return default;
    }

    internal void Opened() => Interlocked.Increment(ref _open);

    internal void Closed(MemoryMessage? message)
    {
        Interlocked.Decrement(ref _open);
        if (message is null)
            Interlocked.Increment(ref _aborted);
        else
            _messages.Enqueue(message);
    }
}
