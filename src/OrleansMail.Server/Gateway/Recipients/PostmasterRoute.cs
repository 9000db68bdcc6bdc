using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recipients;

/// <summary>
/// Where mail for postmaster goes that its domain does not take, or that names no domain (RFC 5321 §4.5.1): to the configured address, and
/// while that takes none, to the operator's mailbox.
/// </summary>
internal sealed class PostmasterRoute(ResolutionCache cache, OperatorMailboxKeeper keeper, IOptions<GatewayOptions> options)
{
    /// <summary>Whether a recipient is postmaster, alone or at a domain, in any case and quoted or not.</summary>
    public static bool IsPostmaster(SmtpPath recipient) => recipient.LocalPart.Equals(OperatorMailbox.Postmaster, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a domain's answer leaves its postmaster without a mailbox: also a suspended one's, whose mail somebody has to hear about.</summary>
    public static bool IsUnanswered(ResolutionOutcome outcome) =>
        outcome is ResolutionOutcome.MailboxUnknown or ResolutionOutcome.DomainUnknown or ResolutionOutcome.AliasLoop or ResolutionOutcome.Suspended;

    /// <summary>Where the mail goes.</summary>
    public async ValueTask<Destination> FindAsync(CancellationToken cancellationToken) =>
        await FindConfiguredAsync(cancellationToken) ?? await FindOperatorAsync(cancellationToken);

    private async ValueTask<Destination?> FindConfiguredAsync(CancellationToken cancellationToken)
    {
        var address = options.Value.Postmaster ?? "";
        var at = address.LastIndexOf('@');
        if (at <= 0 || !LocalPart.TryParse(address[..at], out var localPart) || !DomainName.TryParse(address[(at + 1)..], out var domain))
            return null;
        if (await cache.GetOwnerAsync(domain, cancellationToken) is not { } tenant)
            return null;
        var resolution = await cache.ResolveAsync(tenant, domain, localPart, cancellationToken);
        return IsUnanswered(resolution.Outcome) ? null : new Destination(tenant, resolution);
    }

    // Made at start; made again when it was deleted, or when the store was away then.
    private async ValueTask<Destination> FindOperatorAsync(CancellationToken cancellationToken)
    {
        var resolution = await ResolveOperatorAsync(cancellationToken);
        if (resolution.Outcome is ResolutionOutcome.MailboxUnknown or ResolutionOutcome.DomainUnknown)
        {
            await keeper.EnsureAsync(cancellationToken);
            cache.InvalidateTenant(OperatorMailbox.Tenant);
            resolution = await ResolveOperatorAsync(cancellationToken);
        }

        return new Destination(OperatorMailbox.Tenant, resolution);
    }

    private ValueTask<Resolution> ResolveOperatorAsync(CancellationToken cancellationToken) =>
        cache.ResolveAsync(OperatorMailbox.Tenant, OperatorMailbox.Domain, OperatorMailbox.Mailbox, cancellationToken);
}

/// <summary>Where a recipient leads, and whose that is.</summary>
internal readonly record struct Destination(TenantId Tenant, Resolution Resolution);
