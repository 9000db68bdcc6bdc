using System.Globalization;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Authentication;
using OrleansMail.Server.Keys;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recipients;

/// <summary>
/// Decides RCPT: whose domain it is, where the address leads, and whether the message may go there in this transaction. A session that
/// authenticated delivers only to its key's tenant, and to a postmaster; what belongs to others and what belongs to nobody look alike to it.
/// </summary>
internal sealed class RecipientPolicy(ResolutionCache cache, TenantKeyDirectory keys, PostmasterRoute postmaster, TimeProvider time, GatewayMetrics metrics, IStoreHealth health)
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
        var key = SubmissionKey.Of(transaction.Session);
        if (key is not null && !await IsInForceAsync(key, cancellationToken))
            return GatewayReplies.KeyEnded;
        var (refusal, destination) = await FindAsync(mail, recipient, key, cancellationToken);
        if (refusal is not null)
            return refusal;
        var (tenant, resolution) = destination;
        if (mail.Tenant is { } other && other != tenant)
            return GatewayReplies.OtherTransaction;
        if (GatewayReplies.For(resolution.Outcome) is { } answer)
            return answer;
        if (transaction.DeclaredSize > resolution.MaxMessageBytes)
            return GatewayReplies.TooLarge;
        if (await StoreRefusalAsync(mail, transaction, resolution, cancellationToken) is { } unstored)
            return unstored;
        if (!mail.TryAdd(tenant, recipient, resolution))
            return GatewayReplies.TooManyMailboxes;
        if (resolution.MaxMessageBytes is { } limit)
            transaction.MaxMessageBytes = Math.Min(transaction.MaxMessageBytes, limit);
        if (resolution.Outcome == ResolutionOutcome.RehearsedDelay)
            await Task.Delay(RehearsedDelay, time, cancellationToken);
        return null;
    }

    // A broken store is its tenant's affair alone: nobody else's mail is refused for it, nor its mail for the shared store.
    private async ValueTask<SmtpReply?> StoreRefusalAsync(MailTransaction mail, SmtpTransaction transaction, Resolution resolution, CancellationToken cancellationToken)
    {
        var target = resolution.Targets[0];
        return target.Place.HasOwnStore
            ? GatewayReplies.For(await health.CheckAsync(target.Place.StoreOf(target.Key.Tenant), transaction.DeclaredSize ?? 0, cancellationToken))
            : mail.SharedStoreRefusal;
    }

    // A session may last long: the key is asked for at each recipient, so that its end is in force within the same second as elsewhere.
    private async ValueTask<bool> IsInForceAsync(SubmissionKey key, CancellationToken cancellationToken) =>
        (await keys.FindAsync(key.Hash, cancellationToken))?.Has(KeyScopes.MailSubmit) == true;

    private async ValueTask<(SmtpReply? Refusal, Destination Destination)> FindAsync(MailTransaction mail, SmtpPath recipient, SubmissionKey? key, CancellationToken cancellationToken)
    {
        if (recipient.Domain.Length == 0) // a bare postmaster is the only recipient without a domain (RFC 5321 §4.1.1.3)
            return (null, await postmaster.FindAsync(cancellationToken));
        if (recipient.IsLiteral)
            return (GatewayReplies.Literal, default);
        if (!DomainName.TryParse(recipient.Domain, out var domain)
            || await cache.GetOwnerAsync(domain, cancellationToken) is not { } tenant
            || (key is not null && key.Tenant != tenant))
            return (key is null ? GatewayReplies.DomainUnknown : GatewayReplies.NotTheKeysTenant, default);
        var isPostmaster = PostmasterRoute.IsPostmaster(recipient);
        if (mail.Tenant is { } other && other != tenant && !isPostmaster)
            return (GatewayReplies.OtherTransaction, default);
        if (!LocalPart.TryFromValue(recipient.LocalPart, out var localPart))
            return (GatewayReplies.MailboxUnknown, default);
        var resolution = await cache.ResolveAsync(tenant, domain, localPart, cancellationToken);
        return (null, isPostmaster && PostmasterRoute.IsUnanswered(resolution.Outcome)
            ? await postmaster.FindAsync(cancellationToken)
            : new Destination(tenant, resolution));
    }
}
