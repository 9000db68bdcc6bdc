using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>
/// Reverse-paths and forward-paths in brackets (RFC 5321 §4.1.2), with UTF-8 as RFC 6531 §3.3 adds it: whether the transaction allows that is
/// for its commands to say. Source routes are taken and dropped (RFC 5321 appendix C).
/// </summary>
internal static class PathSyntax
{
    /// <summary>Longest path in octets, with its brackets and its route (RFC 5321 §4.5.3.1.3).</summary>
    public const int MaxPath = 256;

    /// <summary>Takes the path of MAIL off the front of <paramref name="text"/>, which stays as it is when there is none; the null path is one.</summary>
    public static SmtpPath? TryTakeReverse(ref ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("<>"u8))
            return TryTake(ref text, postmasterAlone: false);
        text = text[2..];
        return SmtpPath.Null;
    }

    /// <summary>Takes the path of RCPT off the front of <paramref name="text"/>; <c>postmaster</c> may lack a domain (RFC 5321 §4.1.1.3).</summary>
    public static SmtpPath? TryTakeForward(ref ReadOnlySpan<byte> text) => TryTake(ref text, postmasterAlone: true);

    /// <summary>Drops a source route; false when what begins as one is none.</summary>
    public static bool TryDropRoute(ref ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith((byte)'@'))
            return true;
        var colon = rest.IndexOf((byte)':');
        if (colon < 0)
            return false;
        var route = rest[..colon];
        foreach (var range in route.Split((byte)','))
        {
            var hop = route[range];
            if (!hop.StartsWith((byte)'@') || !DomainSyntax.IsDomain(hop[1..]))
                return false;
        }

        rest = rest[(colon + 1)..];
        return true;
    }

    private static SmtpPath? TryTake(ref ReadOnlySpan<byte> text, bool postmasterAlone)
    {
        if (!text.StartsWith((byte)'<'))
            return null;
        var rest = text[1..];
        if (!TryDropRoute(ref rest))
            return null;
        var mailbox = rest;
        if (LocalPartSyntax.TryTake(ref rest) is not { } local || TakeDomain(ref rest) is not { } domain)
            return null;
        if (domain.Length == 0 && !(postmasterAlone && local.Equals("postmaster", StringComparison.OrdinalIgnoreCase)))
            return null;
        if (!rest.StartsWith((byte)'>') || text.Length - rest.Length + 1 > MaxPath)
            return null;
        mailbox = mailbox[..^rest.Length];
        text = rest[1..];
        return new SmtpPath(local, domain, Encoding.UTF8.GetString(mailbox));
    }

    // Empty when there is no "@"; null when what follows it is no domain.
    private static string? TakeDomain(ref ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith((byte)'@'))
            return "";
        var end = rest.IndexOf((byte)'>');
        if (end < 0 || !DomainSyntax.IsDomainOrLiteral(rest[1..end]))
            return null;
        var domain = Encoding.UTF8.GetString(rest[1..end]);
        rest = rest[end..];
        return domain;
    }
}
