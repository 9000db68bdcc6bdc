using System.Globalization;
using System.Text;

namespace OrleansMail.Smtp.Commands;

/// <summary>What EHLO offers a session in its present state (RFC 5321 §4.1.1.1): only what the engine then really does.</summary>
internal static class ExtensionList
{
    /// <summary>The keyword lines, separated by line feeds.</summary>
    public static string For(SmtpSession session)
    {
        var lines = new StringBuilder(160)
            .Append("PIPELINING") // RFC 2920
            .Append(CultureInfo.InvariantCulture, $"\nSIZE {session.Options.MaxMessageBytes}") // RFC 1870
            .Append("\n8BITMIME") // RFC 6152
            .Append("\nENHANCEDSTATUSCODES"); // RFC 2034
        return lines.ToString();
    }
}
