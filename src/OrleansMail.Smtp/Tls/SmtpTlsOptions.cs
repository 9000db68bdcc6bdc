using System.Net.Security;
using System.Security.Authentication;

namespace OrleansMail.Smtp.Tls;

/// <summary>TLS of a server's sessions (RFC 3207, RFC 8314).</summary>
public sealed class SmtpTlsOptions
{
    /// <summary>
    /// The certificate for the name the client asked for (RFC 6066 §3), or for none. Asked at each handshake, so that a renewed certificate
    /// serves the next one. Null, or an answer of null for no name, offers no TLS.
    /// </summary>
    public Func<SmtpSessionContext, string?, SslStreamCertificateContext?>? SelectCertificate { get; set; }

    /// <summary>The oldest version that is spoken. Default TLS 1.2 (RFC 8996).</summary>
    public SslProtocols Minimum { get; set; } = SslProtocols.Tls12;

    /// <summary>Whether the client is asked for a certificate; it need not have one, and none is refused: it is recorded. Default true.</summary>
    public bool RequestClientCertificate { get; set; } = true;
}
