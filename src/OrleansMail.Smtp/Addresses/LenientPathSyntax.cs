using System.Text;

namespace OrleansMail.Smtp.Addresses;

/// <summary>
/// Reverse-paths as phones, scanners and controllers send them: without brackets, with white space inside the brackets, with dots at the
/// ends of the local part or in a row, with underscores or a final dot in the domain. Never without a local part or a domain, over-long,
/// with unbalanced quotes or with anything that a header line can't take: such a sender could not be answered, or would be somebody else's line.
/// </summary>
internal static class LenientPathSyntax
{
    /// <summary>Takes the path of MAIL off the front of <paramref name="text"/>, which stays as it is when there is none.</summary>
    public static SmtpPath? TryTakeReverse(ref ReadOnlySpan<byte> text)
    {
        var bracketed = text.StartsWith((byte)'<');
        var rest = bracketed ? text[1..] : text;
        if (!TryFindEnd(rest, bracketed, out var end))
            return null;
        var path = ReadMailbox(rest[..end], bracketed);
        if (path is not null)
            text = bracketed ? rest[(end + 1)..] : rest[end..];
        return path;
    }

    // The end of what may be a path: its bracket, or without one the white space in front of the parameters; neither counts inside quotes.
    private static bool TryFindEnd(ReadOnlySpan<byte> text, bool bracketed, out int end)
    {
        var quoted = false;
        for (end = 0; end < text.Length; end++)
        {
            if (text[end] == '"')
                quoted = !quoted;
            else if (quoted && text[end] == '\\')
                end++;
            else if (!quoted && (bracketed ? text[end] == '>' : text[end] is (byte)' ' or (byte)'\t'))
                return true;
        }

        end = text.Length;
        return !bracketed && !quoted;
    }

    private static SmtpPath? ReadMailbox(ReadOnlySpan<byte> mailbox, bool bracketed)
    {
        mailbox = mailbox.Trim(" \t"u8);
        if (mailbox.IsEmpty)
            return bracketed ? SmtpPath.Null : null;
        if (mailbox.Length + 2 > PathSyntax.MaxPath || !PathSyntax.TryDropRoute(ref mailbox))
            return null;
        var rest = mailbox;
        if (LocalPartSyntax.TryTakeLenient(ref rest) is not { } local || !rest.StartsWith((byte)'@'))
            return null;
        var domain = rest[1..];
        if (domain.EndsWith("."u8)) // the root's, which addresses do without
        {
            domain = domain[..^1];
            mailbox = mailbox[..^1];
        }

        return DomainSyntax.IsSenderDomain(domain) ? new SmtpPath(local, Encoding.UTF8.GetString(domain), Encoding.UTF8.GetString(mailbox)) : null;
    }
}
