using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>Self-signed certificates made on the spot.</summary>
public static class TestCertificate
{
    private static readonly Lazy<SslStreamCertificateContext> Shared = new(static () => SslStreamCertificateContext.Create(Create("mx.example.test"), null, offline: true));

    /// <summary>The certificate of <c>mx.example.test</c>.</summary>
    public static SslStreamCertificateContext Default => Shared.Value;

    /// <summary>A certificate with a key for these names, the first also in the subject; valid from a day ago for a year.</summary>
    public static X509Certificate2 Create(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(365));
    }

    /// <summary>A certificate with its key that may issue others, itself issued by another or, when that is null, by itself; valid for a day.</summary>
    public static X509Certificate2 CreateIssuer(string name, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (issuer is null)
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var issued = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>The PEM text of a certificate and of its key.</summary>
    public static (string Certificate, string Key) Pem(params string[] names)
    {
        using var certificate = Create(names);
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Offers TLS with <see cref="Default"/>.</summary>
    public static void OfferTls(this SmtpServerOptions options) => options.Tls.SelectCertificate = static (_, _) => Default;
}
