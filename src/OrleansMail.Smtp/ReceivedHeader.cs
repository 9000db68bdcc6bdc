using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Smtp;

/// <summary>Writes the Received trace line (RFC 5321 §4.4).</summary>
public static class ReceivedHeader
{
    /// <summary>
    /// The whole field, folded, ending in CRLF. What the client said is cleaned of everything that could end or extend the line.
    /// <c>for</c> stands only for a single recipient (RFC 5321 §7.6).
    /// </summary>
    public static byte[] Create(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, string id, DateTimeOffset at)
    {
        var session = transaction.Session;
        var field = new StringBuilder(256)
            .Append("Received: from ").Append(Clean(session.Helo ?? "unknown"));
        if (session.RemoteEndPoint is { } peer)
            field.Append(" (").Append(Literal(peer.Address)).Append(')');
        field.Append("\r\n\tby ").Append(Clean(session.HostName))
            .Append(" with ").Append(transaction.Protocol)
            .Append(" id ").Append(Clean(id));
        if (recipients.Count == 1)
            field.Append("\r\n\tfor <").Append(Clean(recipients[0].Path.Text)).Append('>');
        field.Append(";\r\n\t").Append(Date(at)).Append("\r\n");
        return Encoding.ASCII.GetBytes(field.ToString());
    }

    private static string Literal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" // without the scope id, which is ours alone
            : $"[{address}]";
    }

    // RFC 5322 §3.3: the zone has no colon, which no .NET format gives.
    private static string Date(DateTimeOffset at) =>
        at.ToString("ddd, dd MMM yyyy HH':'mm':'ss ", CultureInfo.InvariantCulture)
        + at.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);

    private static string Clean(string text) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Create(text.Length, text, static (span, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
            })
            : text;
}
