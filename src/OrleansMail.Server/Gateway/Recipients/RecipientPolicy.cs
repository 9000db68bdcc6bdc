using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recipients;

/// <summary>Decides RCPT: whose domain it is, where the address leads, and whether the message may go there in this transaction.</summary>
internal sealed class RecipientPolicy(ResolutionCache cache, IOptions<GatewayOptions> options, TimeProvider time, GatewayMetrics metrics)
{
    private static readonly TimeSpan RehearsedDelay = TimeSpan.FromSeconds(10);

    /// <summary>Takes the recipient into the transaction, or says why not.</summary>
    /// <returns>The refusal; null when it is accepted.</returns>
    public async ValueTask<SmtpReply?> AdmitAsync(MailTransaction mail, SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken)
    {
        var refusal = await DecideAsync(mail, transaction, recipient, cancellationToken);
        return refusal is null ? null : Count(refusal);
    }

    /// <summary>Counts a refusal under its enhanced code.</summary>
    public SmtpReply Count(SmtpReply refusal)
    {
        var status = refusal.Status.GetValueOrDefault();
        metrics.RecipientRefused(string.Create(CultureInfo.InvariantCulture, $"{status.Class}.{status.Subject}.{status.Detail}"));
        return refusal;
    }

    private async ValueTask<SmtpReply?> DecideAsync(MailTransaction mail, SmtpTransaction transaction, SmtpPath recipient, CancellationToken cancellationToken)
    {
        if (recipient.IsLiteral)
            return GatewayReplies.Literal;
        if (!TryReadAddress(recipient, out var localPart, out var domain))
            return recipient.Domain.Length == 0 || DomainName.TryParse(recipient.Domain, out _) ? GatewayReplies.MailboxUnknown : GatewayReplies.DomainUnknown;
        if (await cache.GetOwnerAsync(domain, cancellationToken) is not { } tenant)
            return GatewayReplies.DomainUnknown;
        if (mail.Tenant is { } other && other != tenant)
            return GatewayReplies.OtherTransaction;
        var resolution = await cache.ResolveAsync(tenant, domain, localPart, cancellationToken);
        if (GatewayReplies.For(resolution.Outcome) is { } refusal)
            return refusal;
        if (transaction.DeclaredSize > resolution.MaxMessageBytes)
            return GatewayReplies.TooLarge;
        if (!mail.TryAdd(tenant, recipient, resolution))
            return GatewayReplies.TooManyMailboxes;
        if (resolution.MaxMessageBytes is { } limit)
            transaction.MaxMessageBytes = Math.Min(transaction.MaxMessageBytes, limit);
        if (resolution.Outcome == ResolutionOutcome.RehearsedDelay)
            await Task.Delay(RehearsedDelay, time, cancellationToken);
        return null;
    }

    private bool TryReadAddress(SmtpPath recipient, out LocalPart localPart, out DomainName domain)
    {
        if (recipient.Domain.Length > 0)
        {
            domain = default;
            return LocalPart.TryFromValue(recipient.LocalPart, out localPart) && DomainName.TryParse(recipient.Domain, out domain);
        }

        // A bare postmaster is the only recipient without a domain (RFC 5321 §4.1.1.3).
        var postmaster = options.Value.Postmaster ?? "";
        var at = postmaster.LastIndexOf('@');
        localPart = default;
        domain = default;
        return at > 0 && LocalPart.TryParse(postmaster[..at], out localPart) && DomainName.TryParse(postmaster[(at + 1)..], out domain);
    }
}
