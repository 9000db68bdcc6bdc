using System.Text;
using OrleansMail.Smtp.Addresses;
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

    /// <summary>RFC 5321 §3.5.3: tells nobody who exists. A name beyond ASCII needs the parameter SMTPUTF8 (RFC 6531 §3.7.4.2).</summary>
    public static ValueTask<SmtpReply?> VrfyAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var name = argument.Span;
        if (name.IsEmpty || !AddressText.IsValid(name))
            return new(StandardReplies.BadArgument);
        return new(Ascii.IsValid(name) || HasSmtpUtf8(name) ? StandardReplies.CannotVerify : StandardReplies.NotAscii);
    }

    /// <summary>RFC 5321 §4.2.4: known, not offered.</summary>
    public static ValueTask<SmtpReply?> ExpnAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken) =>
        new(StandardReplies.NotImplemented);

    /// <summary>RFC 5321 §4.1.1.10. An argument is ignored: whoever leaves may leave.</summary>
    public static ValueTask<SmtpReply?> QuitAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        session.Reset();
        session.Close();
        return new(StandardReplies.Closing);
    }

    private static bool HasSmtpUtf8(ReadOnlySpan<byte> text)
    {
        var parameter = text[(text.LastIndexOf((byte)' ') + 1)..];
        return parameter.Length < text.Length && Ascii.EqualsIgnoreCase(parameter, "SMTPUTF8"u8);
    }
}
