using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting;

/// <summary>What the settings mean to the protocol engine.</summary>
internal static class EngineOptions
{
    /// <summary>The engine's options.</summary>
    public static SmtpServerOptions Create(OrleansMailSettings settings)
    {
        var options = CreatePlain(settings);
        foreach (var network in NetworksAttribute.Parse(settings.Smtp.TrustedProxies))
            options.TrustedProxies.Add(network);
        return options;
    }

    private static SmtpServerOptions CreatePlain(OrleansMailSettings settings) => new()
    {
        HostName = settings.Hostname,
        MaxMessageBytes = settings.Smtp.MaxMessageBytes,
        MaxRecipients = settings.Smtp.MaxRecipients,
        MaxErrors = settings.Smtp.MaxErrors,
        MaxUnknownRecipients = settings.Smtp.MaxUnknownRecipients,
        Timeouts = new SmtpTimeouts
        {
            Greeting = settings.Smtp.Timeouts.Greeting,
            Command = settings.Smtp.Timeouts.Command,
            DataBlock = settings.Smtp.Timeouts.DataBlock,
            Transaction = settings.Smtp.Timeouts.Transaction,
        },
    };
}
