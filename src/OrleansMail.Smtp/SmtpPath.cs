using System.Text;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp;

/// <summary>A reverse-path or forward-path (RFC 5321 §4.1.2), its source route dropped. Free of control and bidi characters.</summary>
/// <param name="LocalPart">The local part, unquoted; empty for the null path.</param>
/// <param name="Domain">The domain as received, or a literal in brackets; empty for the null path and for a bare <c>postmaster</c>.</param>
/// <param name="Text">The mailbox as the client wrote it, without brackets, route and white space around it; empty for the null path.</param>
public sealed record SmtpPath(string LocalPart, string Domain, string Text)
{
    /// <summary>The null reverse-path (RFC 5321 §4.5.5).</summary>
    public static SmtpPath Null { get; } = new("", "", "");

    /// <summary>Whether this is the null path.</summary>
    public bool IsNull => Text.Length == 0;

    /// <summary>Whether the domain is an address literal (RFC 5321 §4.1.3).</summary>
    public bool IsLiteral => Domain.StartsWith('[');

    /// <summary>Whether it has characters beyond ASCII, which only a SMTPUTF8 transaction may (RFC 6531 §3.3).</summary>
    public bool IsUtf8 => !Ascii.IsValid(Text);

    /// <summary>
    /// The mailbox for a header field: <see cref="Text"/>, its local part quoted where a lenient sender did not (<c>a..b@c.test</c>), and
    /// <c>?</c> for whatever could end or extend the line.
    /// </summary>
    /// <param name="utf8">Whether characters beyond ASCII may stand there: in a SMTPUTF8 transaction (RFC 6532).</param>
    public string ToHeader(bool utf8) => AddressText.Clean(HasOddDots ? $"\"{LocalPart}\"@{Domain}" : Text, utf8);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool HasOddDots => !Text.StartsWith('"')
        && (LocalPart.StartsWith('.') || LocalPart.EndsWith('.') || LocalPart.Contains("..", StringComparison.Ordinal));
}
