using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Keys;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Gateway.Authentication;

/// <summary>
/// AUTH (RFC 4954) by a tenant's API key of scope <c>mail:submit</c> as the password. The key says who it is: the user name may be
/// anything, within the engine's bound of 255 octets, because clients insist on one.
/// </summary>
internal sealed class TenantKeyAuthenticator(TenantKeyDirectory keys) : ISmtpAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken)
    {
        // RFC 4616 §2: to act as someone else has to be allowed, and nobody's key allows it.
        if (credentials.AuthorizationId.Length > 0 && credentials.AuthorizationId != credentials.UserName)
            return null;
        if (!ApiKeySecret.TryHash(credentials.Password, out var hash))
            return null;
        return await keys.FindAsync(hash, cancellationToken) is { } key && key.Has(KeyScopes.MailSubmit)
            ? new SmtpIdentity($"{key.Tenant}/{key.Key.Id}", new SubmissionKey(hash, key.Tenant))
            : null;
    }
}
