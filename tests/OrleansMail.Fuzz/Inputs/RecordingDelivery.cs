using OrleansMail.Smtp;
using OrleansMail.Smtp.Tls;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Fuzz.Inputs;

/// <summary>A delivery in memory with two sinks: that of <c>okfull*@example.test</c> has no room, which it tells when it has all of a message.</summary>
internal sealed class RecordingDelivery : ISmtpDeliveryFactory
{
    private const int FullRoute = 1;

    private static readonly SmtpReply NoRoom = new(452, new(4, 2, 2), "The mailbox is full");

    private readonly bool _encrypted;
    private readonly List<Completion> _completions = [];

    /// <summary>A delivery for one session.</summary>
    /// <param name="encrypted">Whether the session is taken for encrypted, so that it needs no handshake.</param>
    public RecordingDelivery(bool encrypted)
    {
        _encrypted = encrypted;
        Memory.OnRecipient = (_, path) => new(IsFull(path) ? RecipientDecision.Accept(Memory.Sink(FullRoute)) : null);
        Memory.OnComplete = Complete;
    }

    /// <summary>What was stored.</summary>
    public MemoryDelivery Memory { get; } = new();

    /// <summary>Each sink that got all of its message, in order.</summary>
    public IReadOnlyList<Completion> Completions => _completions;

    public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken)
    {
        if (_encrypted)
            session.Tls ??= new SmtpTlsInfo("TLSv1.3", "TLS_AES_256_GCM_SHA384", null, null);
        return Memory.CreateAsync(session, cancellationToken);
    }

    private static bool IsFull(SmtpPath path) => path.Domain == "example.test" && path.LocalPart.StartsWith("okfull", StringComparison.Ordinal);

    private ValueTask<SmtpReply?> Complete(MemoryMessage message)
    {
        var hasRoom = message.Route != FullRoute;
        _completions.Add(new Completion(message, hasRoom));
        return new(hasRoom ? null : NoRoom);
    }

    /// <summary>A sink got all of its message.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="IsStored">Whether it was taken.</param>
    internal sealed record Completion(MemoryMessage Message, bool IsStored);
}
