using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp;

/// <summary>Writes the Received trace line (RFC 5321 §4.4).</summary>
public static class ReceivedHeader
{
    /// <summary>
    /// The whole field, folded, ending in CRLF. What the client said is cleaned of everything that could end or extend the line.
    /// <c>for</c> stands only for a single recipient (RFC 5321 §7.6); in a SMTPUTF8 transaction it may be UTF-8 (RFC 6531 §4.3), all else is ASCII.
    /// </summary>
    public static byte[] Create(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, string id, DateTimeOffset at)
    {
        var session = transaction.Session;
        var field = new StringBuilder(256)
            .Append("Received: from ").Append(Clean(session.Helo ?? "unknown"));
        if (session.RemoteEndPoint is { } peer)
            field.Append(" (").Append(Literal(peer.Address)).Append(')');
        if (session.Tls is { } tls)
            AppendTls(field, tls);
        field.Append("\r\n\tby ").Append(Clean(session.HostName))
            .Append(" with ").Append(transaction.Protocol)
            .Append(" id ").Append(Clean(id));
        if (recipients.Count == 1)
            field.Append("\r\n\tfor <").Append(recipients[0].Path.ToHeader(transaction.IsUtf8)).Append('>');
        field.Append(";\r\n\t").Append(Date(at)).Append("\r\n");
        return Encoding.UTF8.GetBytes(field.ToString());
    }

    // A comment, which RFC 5321 §4.4 allows between any two clauses; the name is what the client asked for (RFC 6066 §3).
    private static void AppendTls(StringBuilder field, SmtpTlsInfo tls)
    {
        field.Append("\r\n\t(using ").Append(Comment(tls.Version)).Append(" with cipher ").Append(Comment(tls.Cipher));
        if (tls.ServerName is { } name)
            field.Append("\r\n\tfor server name ").Append(Comment(name));
        field.Append(')');
    }

    private static string Literal(IPAddress address)
    {
        address = address.Unmapped();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" // without the scope id, which is ours alone
            : $"[{address}]";
    }

    // RFC 5322 §3.3: the zone has no colon, which no .NET format gives.
    private static string Date(DateTimeOffset at) =>
        at.ToString("ddd, dd MMM yyyy HH':'mm':'ss ", CultureInfo.InvariantCulture)
        + at.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);

    // What would end or nest a comment is replaced (RFC 5322 §3.2.2).
    private static string Comment(string text) => Clean(text).Replace('(', '?').Replace(')', '?').Replace('\\', '?');

    private static string Clean(string text) => AddressText.Clean(text, utf8: false);
}
