using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>An address that an alias points at.</summary>
internal readonly record struct MailAddress(LocalPart LocalPart, DomainName Domain)
{
    private const int MaxLength = 400; // a quoted local part and a domain, in characters

    /// <summary>Reads an address; false when it is none.</summary>
    public static bool TryParse(string? text, out MailAddress address)
    {
        address = default;
        if (text is not { Length: <= MaxLength } || text.LastIndexOf('@') is not (> 0 and var at))
            return false;
        if (!LocalPart.TryParse(text[..at], out var localPart) || !DomainName.TryParse(text[(at + 1)..], out var domain))
            return false;
        address = new(localPart, domain);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => LocalPart.At(Domain);
}
