using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Contracts.Tenants;

/// <summary>
/// The mailbox of whoever runs the system, in a tenant that can't be deleted: it takes the mail for postmaster that nobody else takes (RFC 5321
/// §4.5.1). Its domain is of a top level that nobody can own (RFC 2606 §2), so it stands in no tenant's way.
/// </summary>
public static class OperatorMailbox
{
    /// <summary>The local part for which a system always takes mail, in any case.</summary>
    public const string Postmaster = "postmaster";

    /// <summary>The tenant.</summary>
    public static TenantId Tenant { get; } = TenantId.Parse("operator");

    /// <summary>The domain, which no other tenant can claim.</summary>
    public static DomainName Domain { get; } = DomainName.Parse("operator.invalid");

    /// <summary>The mailbox.</summary>
    public static LocalPart Mailbox { get; } = LocalPart.Parse(Postmaster);
}
