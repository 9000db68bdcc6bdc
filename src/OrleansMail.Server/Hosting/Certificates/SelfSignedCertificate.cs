using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansMail.Storage;

namespace OrleansMail.Server.Hosting.Certificates;

/// <summary>
/// The certificate of a server that was given none: opportunistic TLS (RFC 7435) needs no authority. It is kept with its key in the store's
/// value <c>keys/tls</c>, so that it is the same after a restart and on every silo.
/// </summary>
internal static class SelfSignedCertificate
{
    private const string Path = "keys/tls";
    private const int Years = 10;
    private static readonly TimeSpan NearExpiry = TimeSpan.FromDays(90);
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    /// <summary>Reads the certificate; one that is broken, expires soon or is for another host is made anew.</summary>
    public static async Task<ServerCertificate> OpenAsync(IObjectStore store, string hostName, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = hostName.ToLowerInvariant();
        while (true)
        {
            var stored = await store.ReadValueAsync(Path, cancellationToken);
            if (stored is not null && Read(stored.Value) is { } certificate && certificate.NotAfter - NearExpiry > time.GetUtcNow() && certificate.IsFor(host, exactly: true))
                return certificate;
            var text = Create(host, time.GetUtcNow());
            try
            {
                await store.WriteValueAsync(Path, Encoding.ASCII.GetBytes(text), stored?.ETag, cancellationToken);
                return ServerCertificate.Parse(text, text, null);
            }
            catch (StoreConflictException)
            {
                // Another silo made it first: read that one.
            }
        }
    }

    private static ServerCertificate? Read(ReadOnlyMemory<byte> stored)
    {
        var text = Encoding.ASCII.GetString(stored.Span);
        try
        {
            return ServerCertificate.Parse(text, text, null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static string Create(string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(host.Length <= 64 ? host : "OrleansMail"); // X.520's bound
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(host);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // server authentication
        using var certificate = request.CreateSelfSigned(now - Skew, now.AddYears(Years));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
