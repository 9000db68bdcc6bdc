using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>The commands that ask the delivery nothing.</summary>
internal static class PlainCommands
{
    /// <summary>RFC 5321 §4.1.1.5.</summary>
    public static ValueTask<SmtpReply?> RsetAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (!argument.IsEmpty)
            return new(StandardReplies.NoArgumentAllowed);
        session.Reset();
        return new(StandardReplies.Reset);
    }

    /// <summary>RFC 5321 §4.1.1.9: an argument is ignored.</summary>
    public static ValueTask<SmtpReply?> NoopAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(StandardReplies.Ok);

    /// <summary>RFC 5321 §3.5.3: tells nobody who exists.</summary>
    public static ValueTask<SmtpReply?> VrfyAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(argument.IsEmpty ? StandardReplies.BadArgument : StandardReplies.CannotVerify);

    /// <summary>RFC 5321 §4.2.4: known, not offered.</summary>
    public static ValueTask<SmtpReply?> ExpnAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(StandardReplies.NotImplemented);

    /// <summary>RFC 5321 §4.1.1.8.</summary>
    public static ValueTask<SmtpReply?> HelpAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(new SmtpReply(214, new(2, 0, 0), "Commands: " + string.Join(' ', session.Verbs)));

    /// <summary>RFC 5321 §4.1.1.10. An argument is ignored: whoever leaves may leave.</summary>
    public static ValueTask<SmtpReply?> QuitAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        session.Reset();
        session.Close();
        return new(StandardReplies.Closing);
    }
}
