using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Fuzz.Inputs;

/// <summary>Knows <c>carol</c> and her password <c>secret</c>, as whomever she wants to act.</summary>
internal sealed class OneUser : ISmtpAuthenticator
{
    public const string Name = "carol";
    public const string Password = "secret";

    public ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken) =>
        new(credentials is { UserName: Name, Password: Password } ? new SmtpIdentity(Name) : null);
}
