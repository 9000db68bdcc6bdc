using System.Text;
using OrleansMail.Contracts.Messages;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway;

/// <summary>
/// The lines in front of the content: Return-Path (RFC 5321 §4.4), an Authentication-Results of our own (RFC 8601 §2.2), so that the
/// topmost one is never the sender's, and Received. ASCII but for the addresses of a SMTPUTF8 transaction (RFC 6532).
/// </summary>
internal static class TraceHeader
{
    /// <summary>All three fields, each ending in CRLF.</summary>
    public static ReadOnlyMemory<byte> Create(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, MessageId id, DateTimeOffset at)
    {
        var received = ReceivedHeader.Create(transaction, recipients, id.ToString(), at);
        var sender = transaction.ReversePath.ToHeader(transaction.IsUtf8).Replace('<', '?').Replace('>', '?');
        var top = $"Return-Path: <{sender}>\r\nAuthentication-Results: {Clean(transaction.Session.HostName)}; none\r\n";
        var header = new byte[Encoding.UTF8.GetByteCount(top) + received.Length];
        var length = Encoding.UTF8.GetBytes(top, header);
        received.CopyTo(header.AsSpan(length));
        return header;
    }

    private static string Clean(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                target[i] = source[i] is >= ' ' and <= '~' and not ('<' or '>') ? source[i] : '?';
        });
}
