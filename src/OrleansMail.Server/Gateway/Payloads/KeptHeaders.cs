using System.Text;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The names of the header fields that are kept with a record.</summary>
internal static class KeptHeaders
{
    private static readonly (byte[] Name, HeaderName Header)[] Names =
    [
        ("Subject"u8.ToArray(), HeaderName.Subject),
        ("From"u8.ToArray(), HeaderName.From),
        ("To"u8.ToArray(), HeaderName.To),
        ("Date"u8.ToArray(), HeaderName.Date),
        ("Message-ID"u8.ToArray(), HeaderName.MessageId),
        ("In-Reply-To"u8.ToArray(), HeaderName.InReplyTo),
        ("References"u8.ToArray(), HeaderName.References),
        ("Auto-Submitted"u8.ToArray(), HeaderName.AutoSubmitted),
        ("Precedence"u8.ToArray(), HeaderName.Precedence),
        ("List-Id"u8.ToArray(), HeaderName.ListId),
        ("Content-Type"u8.ToArray(), HeaderName.ContentType),
    ];

    /// <summary>The kept header of a name, in any case; null when it is not kept.</summary>
    /// <param name="name">The name, cut where it is longer than any that is kept.</param>
    /// <param name="length">Its whole length.</param>
    public static HeaderName? Find(ReadOnlySpan<byte> name, int length)
    {
        if (length > name.Length)
            return null;
        name = name.TrimEnd(" \t"u8); // obsolete syntax puts space before the colon (RFC 5322 §4.5)
        foreach (var kept in Names)
        {
            if (Ascii.EqualsIgnoreCase(name, kept.Name))
                return kept.Header;
        }

        return null;
    }
}
