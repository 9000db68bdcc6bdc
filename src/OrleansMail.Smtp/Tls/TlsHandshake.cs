using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OrleansMail.Smtp.Tls;

/// <summary>The server's side of a TLS handshake.</summary>
internal sealed class TlsHandshake(SmtpSessionContext session, SmtpTlsOptions options)
{
    private string? _serverName;
    private SmtpClientCertificate? _clientCertificate;

    /// <summary>The certificate for sessions that ask for no name; null when there is none, or it can't be had now.</summary>
    public static SslStreamCertificateContext? DefaultCertificate(SmtpSessionContext session, SmtpTlsOptions options) =>
        options.SelectCertificate?.Invoke(session, null);

    /// <summary>Does the handshake.</summary>
    /// <param name="raw">The connection; it is not completed, also when the handshake fails.</param>
    /// <param name="isOver">Asked when a wait was cancelled: whether to give up.</param>
    /// <exception cref="Exception">It failed, for any of the peer's reasons or ours.</exception>
    public async Task<TlsTransport> RunAsync(IDuplexPipe raw, Func<bool> isOver)
    {
        var records = new TlsRecordStream(raw, isOver);
        var ssl = new SslStream(records);
        try
        {
            await ssl.AuthenticateAsServerAsync((_, hello, _, _) => new(Choose(hello)), null);
            await records.FlushAsync(CancellationToken.None);
            records.BeginOffers();
            return new TlsTransport(ssl, records, raw, Describe(ssl));
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }
    }

    private SslServerAuthenticationOptions Choose(SslClientHelloInfo hello)
    {
        _serverName = ServerName.Clean(hello.ServerName);
        var certificate = options.SelectCertificate?.Invoke(session, _serverName)
            ?? DefaultCertificate(session, options)
            ?? throw new AuthenticationException("There is no certificate.");
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            EnabledSslProtocols = options.Minimum == SslProtocols.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateRequired = options.RequestClientCertificate, // asked for, not insisted on
            RemoteCertificateValidationCallback = (_, shown, _, _) => Record(shown),
            CertificateChainPolicy = NoVerification(),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }

    private SmtpTlsInfo Describe(SslStream ssl) => new(
        ssl.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2",
        ssl.NegotiatedCipherSuite.ToString(),
        _serverName,
        _clientCertificate);

    // Whatever it is, or none: it is recorded, not verified.
    private bool Record(X509Certificate? shown)
    {
        _clientCertificate = ClientCertificate.Describe(shown);
        return true;
    }

    // Nothing is fetched for it, whatever addresses it names.
    private static X509ChainPolicy NoVerification() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
