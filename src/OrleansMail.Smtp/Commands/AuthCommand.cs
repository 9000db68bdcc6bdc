using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>AUTH (RFC 4954 §4) with PLAIN (RFC 4616) and LOGIN.</summary>
internal static class AuthCommand
{
    /// <summary>Longest AUTH line and longest response, in octets with CRLF (RFC 4954 §4).</summary>
    public const int MaxLine = 12288;

    /// <summary>The mechanisms, as EHLO lists them.</summary>
    public const string Mechanisms = "PLAIN LOGIN";

    /// <summary>Whether there is AUTH in the session's present state.</summary>
    public static bool IsOffered(SmtpSession session) => IsThere(session) && session.Context.Tls is not null;

    /// <summary>Whether a session of this listener may come to be offered AUTH.</summary>
    public static bool IsThere(SmtpServerOptions options, SmtpListenerOptions listener) => listener.Auth && options.Authenticator is not null;

    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        SaslMechanism? mechanism = null;
        byte[]? initial = null;
        var refusal = Refuse(session) ?? Read(argument.Span, out mechanism, out initial);
        Secret.Clear(argument); // before the exchange reads on: the memory is another line's then
        return refusal is null ? new AuthExchange(session, mechanism!).RunAsync(initial, cancellationToken) : new(refusal);
    }

    private static SmtpReply? Refuse(SmtpSession session)
    {
        if (!IsThere(session))
            return StandardReplies.NotImplemented;
        if (session.Transaction is not null)
            return StandardReplies.OutOfOrder;
        if (session.Context.Tls is null)
            return StandardReplies.EncryptionRequired;
        if (session.Context.Identity is not null)
            return StandardReplies.AlreadyAuthenticated;
        return session.Phase == SmtpPhases.Connected ? session.GreetFirst : null;
    }

    private static SmtpReply? Read(ReadOnlySpan<byte> argument, out SaslMechanism? mechanism, out byte[]? initial)
    {
        mechanism = null;
        initial = null;
        if (argument.IsEmpty)
            return StandardReplies.BadArgument;
        var end = argument.IndexOfAny((byte)' ', (byte)'\t');
        mechanism = SaslMechanism.Find(end < 0 ? argument : argument[..end]);
        if (mechanism is null)
            return StandardReplies.UnknownMechanism;
        if (end < 0)
            return null;
        initial = SaslResponse.DecodeInitial(argument[end..].TrimStart(" \t"u8));
        return initial is null ? StandardReplies.BadResponse : null;
    }

    private static bool IsThere(SmtpSession session) => IsThere(session.Options, session.Context.Listener);
}
