using System.Net.Security;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Storage;

namespace OrleansMail.Server.Hosting.Certificates;

/// <summary>The certificates of the SMTP listeners: those in files, the first of which serves names that none is for, or one signed by ourselves.</summary>
internal sealed class ServerCertificates
{
    private readonly IReadOnlyList<CertificateFile> files;
    private readonly ServerCertificate? own;

    private ServerCertificates(IReadOnlyList<CertificateFile> files, ServerCertificate? own)
    {
        this.files = files;
        this.own = own;
    }

    /// <summary>Whether no file was given.</summary>
    public bool IsSelfSigned => own is not null;

    /// <summary>The one that serves clients that ask for no name.</summary>
    public ServerCertificate Default => own ?? files[0].Current;

    /// <summary>Reads the files that the settings name.</summary>
    /// <returns>Null when they name none.</returns>
    /// <exception cref="StartupException">One can't be used; the message names its setting.</exception>
    public static ServerCertificates? Open(SmtpTlsSettings settings)
    {
        const string Key = $"{OrleansMailSettings.Section}:{nameof(OrleansMailSettings.Smtp)}:{nameof(SmtpSettings.Tls)}";
        if (settings.Certificate is null)
        {
            return settings.Key is null && settings.Certificates.Count == 0
                ? null
                : throw new StartupException($"{Key}:Certificate is not set, but {(settings.Key is null ? "further certificates are" : "its key is")}. Set it with --tls-cert or its key.", ExitCodes.Usage);
        }

        var first = new CertificateSettings { Certificate = settings.Certificate, Key = settings.Key, KeyPassword = settings.KeyPassword };
        return new ServerCertificates(
            [CertificateFile.Open(first, Key), .. settings.Certificates.Select((one, n) => CertificateFile.Open(one, $"{Key}:{nameof(SmtpTlsSettings.Certificates)}:{n}"))],
            null);
    }

    /// <summary>Takes the certificate that is kept in the store, made when there is none that still serves.</summary>
    public static async Task<ServerCertificates> OpenOwnAsync(IObjectStore store, string hostName, TimeProvider time, CancellationToken cancellationToken) =>
        new([], await SelfSignedCertificate.OpenAsync(store, hostName, time, cancellationToken));

    /// <summary>The certificate for the name a client asks for: one that has it, else one with a wildcard for it, else <see cref="Default"/>.</summary>
    /// <param name="host">In lower case; null when it asks for none.</param>
    public SslStreamCertificateContext Select(string? host)
    {
        if (host is null || files.Count < 2)
            return Default.Context;
        return (Find(host, exactly: true) ?? Find(host, exactly: false) ?? Default).Context;
    }

    /// <summary>Reads files that have changed.</summary>
    public IEnumerable<CertificateChange> Refresh() => files.Select(file => file.Refresh()).OfType<CertificateChange>();

    private ServerCertificate? Find(string host, bool exactly)
    {
        foreach (var file in files)
        {
            if (file.Current is var certificate && certificate.IsFor(host, exactly))
                return certificate;
        }

        return null;
    }
}
