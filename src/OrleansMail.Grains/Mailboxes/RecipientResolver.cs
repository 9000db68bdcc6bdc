using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>Answers RCPT for a domain: looks the local part up and follows aliases over the domains of the tenant.</summary>
internal sealed class RecipientResolver(IGrainFactory grains)
{
    /// <inheritdoc cref="IMailboxesGrain.ResolveAsync"/>
    public ValueTask<Resolution> ResolveAsync(ServedDomain domain, LocalPart localPart, int depth, CancellationToken cancellationToken)
    {
        var found = AddressLookup.Find(domain, domain.Directory, localPart);
        return found.Onward is null || depth > 0
            ? new(found)
            : Expansion(domain, domain.Directory, null, cancellationToken).RunAsync(found);
    }

    /// <summary>An expansion that looks addresses of this domain up in <paramref name="book"/> and asks the tenant's other domains.</summary>
    public AliasExpansion Expansion(ServedDomain domain, IAddressBook book, IReadOnlyList<string>? watched, CancellationToken cancellationToken) =>
        new(address => address.Domain == domain.Name
            ? new(AddressLookup.Find(domain, book, address.LocalPart))
            // By this tenant's key: a domain of another tenant is unknown there, whoever put it into an alias.
            : grains.GetMailboxes(domain.Configuration.Tenant, address.Domain).ResolveAsync(address.LocalPart, 1, cancellationToken))
        {
            Watched = watched,
        };
}
