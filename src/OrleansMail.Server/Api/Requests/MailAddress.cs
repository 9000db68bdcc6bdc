using System.Diagnostics.CodeAnalysis;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Server.Api.Requests;

/// <summary>An address in a path.</summary>
internal readonly record struct MailAddress(LocalPart LocalPart, DomainName Domain)
{
    /// <summary>Reads <c>local-part@domain</c>; the last <c>@</c> divides.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MailAddress address)
    {
        address = default;
        var at = text?.LastIndexOf('@') ?? -1;
        if (at <= 0 || !LocalPart.TryParse(text![..at], out var localPart) || !DomainName.TryParse(text[(at + 1)..], out var domain))
            return false;
        address = new MailAddress(localPart, domain);
        return true;
    }
}
