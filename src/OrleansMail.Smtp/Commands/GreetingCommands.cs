using System.Net;
using System.Text;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>
/// HELO and EHLO (RFC 5321 §4.1.1.1), in LMTP in their place LHLO (RFC 2033 §4.1): a name in syntax, never refused because it does not resolve (§4.1.4).
/// </summary>
internal static class GreetingCommands
{
    public static ValueTask<SmtpReply?> HeloAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(session.Context.Listener.Lmtp ? StandardReplies.UnknownCommand : Greet(session, argument.Span, extended: false));

    public static ValueTask<SmtpReply?> EhloAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(session.Context.Listener.Lmtp ? StandardReplies.UnknownCommand : Greet(session, argument.Span, extended: true));

    public static ValueTask<SmtpReply?> LhloAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(session.Context.Listener.Lmtp ? Greet(session, argument.Span, extended: true) : StandardReplies.UnknownCommand);

    private static SmtpReply Greet(SmtpSession session, ReadOnlySpan<byte> name, bool extended)
    {
        if (!DomainSyntax.IsHelloName(name))
            return StandardReplies.HelloNeedsName;
        session.Reset();
        session.Context.Helo = Encoding.ASCII.GetString(name);
        session.Context.IsExtended = extended;
        var hello = $"{session.Context.HostName} Hello {Peer(session.Context.RemoteEndPoint)}, nice to meet you";
        return new SmtpReply(250, null, extended
            ? $"{hello}\n{ExtensionList.For(session)}"
            : hello);
    }

    private static string Peer(IPEndPoint? peer) =>
        peer is null ? "there" : peer.Address.Unmapped().ToString();
}
