using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Authentication;

/// <summary>
/// The key that a session authenticated with. Such a session need not prove its senders: what is to check them, at MAIL in
/// <see cref="GatewayDelivery"/>, is for anonymous sessions.
/// </summary>
/// <param name="Hash">By which the key is asked for again: it may end while the session lasts.</param>
/// <param name="Tenant">Whose it is.</param>
internal sealed record SubmissionKey(ApiKeyHash Hash, TenantId Tenant)
{
    /// <summary>The session's key; null while it is anonymous.</summary>
    public static SubmissionKey? Of(SmtpSessionContext session) => session.Identity?.State as SubmissionKey;
}
