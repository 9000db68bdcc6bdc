using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansMail.Smtp.Tls;

/// <summary>Reads what is kept of a client's certificate.</summary>
internal static class ClientCertificate
{
    private const int MaxSubject = 1024;

    /// <summary>Its names; null without a certificate.</summary>
    public static SmtpClientCertificate? Describe(X509Certificate? certificate)
    {
        if (certificate is null)
            return null;
        var subject = certificate.Subject;
        return new SmtpClientCertificate(
            Clean(subject.Length <= MaxSubject ? subject : subject[..MaxSubject]),
            Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)));
    }

    private static string Clean(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
    });
}
