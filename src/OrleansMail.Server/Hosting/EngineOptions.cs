using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Hosting;

/// <summary>What the settings mean to the protocol engine.</summary>
internal static class EngineOptions
{
    /// <summary>The engine's options.</summary>
    public static SmtpServerOptions Create(OrleansMailSettings settings, ISmtpAuthenticator authenticator) => new()
    {
        HostName = settings.Hostname,
        MaxMessageBytes = settings.Smtp.MaxMessageBytes,
        MaxRecipients = settings.Smtp.MaxRecipients,
        MaxErrors = settings.Smtp.MaxErrors,
        MaxUnknownRecipients = settings.Smtp.MaxUnknownRecipients,
        Authenticator = authenticator,
        Timeouts = new SmtpTimeouts
        {
            Greeting = settings.Smtp.Timeouts.Greeting,
            Command = settings.Smtp.Timeouts.Command,
            DataBlock = settings.Smtp.Timeouts.DataBlock,
            Transaction = settings.Smtp.Timeouts.Transaction,
        },
    };
}
