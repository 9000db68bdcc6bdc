namespace OrleansMail.Smtp.Authentication;

/// <summary>Checks the credentials of AUTH (RFC 4954). One instance serves all sessions at once.</summary>
public interface ISmtpAuthenticator
{
    /// <summary>Checks a name and password.</summary>
    /// <returns>Who it is; null when they are wrong, which is answered 535 5.7.8. An exception is answered 454 4.7.0 and logged.</returns>
    ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken);
}

/// <summary>What a client gave to AUTH PLAIN (RFC 4616) or LOGIN.</summary>
/// <param name="AuthorizationId">As whom it wants to act; empty for the same as the user.</param>
/// <param name="UserName">The user name: UTF-8, no NUL, at most 255 octets.</param>
/// <param name="Password">The password: UTF-8, no NUL, at most 1,024 octets. Never logged.</param>
public sealed record SmtpCredentials(string AuthorizationId, string UserName, string Password)
{
    /// <summary>The name alone: a password has no place in a log.</summary>
    public override string ToString() => UserName;
}

/// <summary>Who a session is after AUTH; a session without one is anonymous.</summary>
/// <param name="Name">For logs and trace lines.</param>
/// <param name="State">The authenticator's own, for the delivery to read.</param>
public sealed record SmtpIdentity(string Name, object? State = null);
