using OrleansMail.Server.Gateway;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting;

/// <summary>What the settings mean to the protocol engine.</summary>
internal static class EngineOptions
{
    /// <summary>The engine's options.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="feed">Who hears of decisions; null for nobody.</param>
    public static SmtpServerOptions Create(OrleansMailSettings settings, IDecisionFeed? feed) => new()
    {
        HostName = settings.Hostname,
        MaxMessageBytes = settings.Smtp.MaxMessageBytes,
        MaxRecipients = settings.Smtp.MaxRecipients,
        MaxErrors = settings.Smtp.MaxErrors,
        MaxUnknownRecipients = settings.Smtp.MaxUnknownRecipients,
        MaxCommandsWithoutTransaction = settings.Smtp.MaxCommandsWithoutTransaction,
        MaxConnections = settings.Smtp.MaxConnections,
        MaxConnectionsPerAddress = settings.Smtp.MaxConnectionsPerAddress,
        ConnectionsPerMinutePerAddress = settings.Smtp.ConnectionsPerMinutePerAddress,
        MaxTransactions = settings.Smtp.MaxTransactions,
        MinDataRate = settings.Smtp.MinDataRate,
        OnDecision = feed is null ? null : feed.Report,
        Timeouts = new SmtpTimeouts
        {
            Greeting = settings.Smtp.Timeouts.Greeting,
            Command = settings.Smtp.Timeouts.Command,
            DataBlock = settings.Smtp.Timeouts.DataBlock,
            Transaction = settings.Smtp.Timeouts.Transaction,
            DataRateWindow = settings.Smtp.Timeouts.DataRateWindow,
            SessionAge = settings.Smtp.Timeouts.SessionAge,
        },
    };
}
