using System.Security.Authentication;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Hosting;

/// <summary>What the settings mean to the protocol engine.</summary>
internal static class EngineOptions
{
    /// <summary>The engine's options.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="certificates">Whose certificates TLS has; null for no TLS.</param>
    /// <param name="authenticator">Who knows the keys of AUTH; null for no AUTH.</param>
    /// <param name="feed">Who hears of decisions; null for nobody.</param>
    public static SmtpServerOptions Create(OrleansMailSettings settings, ServerCertificates? certificates = null, ISmtpAuthenticator? authenticator = null, IDecisionFeed? feed = null)
    {
        var options = CreatePlain(settings);
        options.Authenticator = authenticator;
        options.OnDecision = feed is null ? null : feed.Report;
        foreach (var network in NetworksAttribute.Parse(settings.Smtp.TrustedProxies))
            options.TrustedProxies.Add(network);
        options.Tls.SelectCertificate = certificates is null ? null : (_, name) => certificates.Select(name);
        options.Tls.Minimum = settings.Smtp.Tls.Minimum == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12;
        return options;
    }

    private static SmtpServerOptions CreatePlain(OrleansMailSettings settings) => new()
    {
        HostName = settings.Hostname,
        MaxMessageBytes = settings.Smtp.MaxMessageBytes,
        MaxRecipients = settings.Smtp.MaxRecipients,
        MaxTransactionsPerSession = settings.Smtp.MaxTransactionsPerSession,
        MaxRecipientDomains = settings.Smtp.MaxRecipientDomains,
        StrictSenders = settings.Smtp.StrictSenders,
        StrictWhiteSpace = settings.Smtp.StrictWhiteSpace,
        MaxErrors = settings.Smtp.MaxErrors,
        MaxUnknownRecipients = settings.Smtp.MaxUnknownRecipients,
        BareNewlines = settings.Smtp.BareNewlines,
        MaxCommandsWithoutTransaction = settings.Smtp.MaxCommandsWithoutTransaction,
        MaxConnections = settings.Smtp.MaxConnections,
        MaxConnectionsPerAddress = settings.Smtp.MaxConnectionsPerAddress,
        ConnectionsPerMinutePerAddress = settings.Smtp.ConnectionsPerMinutePerAddress,
        MaxTransactions = settings.Smtp.MaxTransactions,
        MinDataRate = settings.Smtp.MinDataRate,
        Timeouts = new SmtpTimeouts
        {
            Greeting = settings.Smtp.Timeouts.Greeting,
            Command = settings.Smtp.Timeouts.Command,
            DataBlock = settings.Smtp.Timeouts.DataBlock,
            Transaction = settings.Smtp.Timeouts.Transaction,
            TlsHandshake = settings.Smtp.Timeouts.TlsHandshake,
            DataRateWindow = settings.Smtp.Timeouts.DataRateWindow,
            SessionAge = settings.Smtp.Timeouts.SessionAge,
        },
    };
}
