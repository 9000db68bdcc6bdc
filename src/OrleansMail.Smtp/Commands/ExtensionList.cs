using System.Globalization;
using System.Text;

namespace OrleansMail.Smtp.Commands;

/// <summary>What EHLO offers a session in its present state (RFC 5321 §4.1.1.1): only what the engine then really does.</summary>
internal static class ExtensionList
{
    /// <summary>The keyword lines, separated by line feeds.</summary>
    public static string For(SmtpSession session)
    {
        var lines = new StringBuilder(200)
            .Append("PIPELINING") // RFC 2920
            .Append(CultureInfo.InvariantCulture, $"\nSIZE {session.Options.MaxMessageBytes}") // RFC 1870
            .Append("\n8BITMIME") // RFC 6152
            .Append("\nSMTPUTF8") // RFC 6531
            .Append("\nENHANCEDSTATUSCODES") // RFC 2034
            .Append("\nCHUNKING\nBINARYMIME"); // RFC 3030
        if (session.OffersTls)
            lines.Append("\nSTARTTLS"); // RFC 3207
        if (AuthCommand.IsOffered(session))
            lines.Append("\nAUTH ").Append(AuthCommand.Mechanisms); // RFC 4954
        if (session.MayTellClient)
            lines.Append("\nXCLIENT ").Append(Proxy.ToldClient.Attributes); // Postfix XCLIENT_README
        if (OffersRequireTls(session))
            lines.Append("\nREQUIRETLS");
        AppendLimits(lines, session.Options);
        return lines.ToString();
    }

    /// <summary>Whether the client greeted in a way that lets it use extensions.</summary>
    public static bool IsExtended(SmtpSession session) => session.Context.IsExtended || session.Context.Listener.Lmtp;

    /// <summary>REQUIRETLS (RFC 8689 §3): under TLS only.</summary>
    public static bool OffersRequireTls(SmtpSession session) => session.Context.Tls is not null && IsExtended(session);

    /// <summary>AUTH and its parameter of MAIL (RFC 4954): under TLS only, where the listener enables it.</summary>
    public static bool OffersAuth(SmtpSession session) => AuthCommand.IsOffered(session) && IsExtended(session);

    /// <summary>Whether the session could still become encrypted.</summary>
    public static bool CanHaveTls(SmtpSession session) =>
        session.Context.Listener.Tls != SmtpListenerTls.None && session.Options.Tls.SelectCertificate is not null;

    // RFC 9422 §3: what is not limited is not named.
    private static void AppendLimits(StringBuilder lines, SmtpServerOptions options)
    {
        lines.Append(CultureInfo.InvariantCulture, $"\nLIMITS RCPTMAX={options.MaxRecipients}");
        if (options.MaxTransactionsPerSession > 0)
            lines.Append(CultureInfo.InvariantCulture, $" MAILMAX={options.MaxTransactionsPerSession}");
        if (options.MaxRecipientDomains > 0)
            lines.Append(CultureInfo.InvariantCulture, $" RCPTDOMAINMAX={options.MaxRecipientDomains}");
    }
}
