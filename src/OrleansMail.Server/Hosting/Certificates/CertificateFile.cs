using System.Security.Cryptography;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.Certificates;

/// <summary>A certificate in PEM files, read again when they change. What is broken or half written leaves the one in use as it is.</summary>
internal sealed class CertificateFile
{
    private readonly CertificateSettings settings;
    private readonly string key;
    private (Stamp Chain, Stamp Key) stamp;
    private string? failure;

    private CertificateFile(CertificateSettings settings, string key)
    {
        this.settings = settings;
        this.key = key;
        stamp = ReadStamps();
        Current = Read();
    }

    /// <summary>The certificate in use.</summary>
    public ServerCertificate Current { get; private set; }

    /// <summary>The file that has it.</summary>
    public string Path => settings.Certificate!;

    private string KeyPath => settings.Key ?? settings.Certificate!;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="settings">Names them.</param>
    /// <param name="key">The configuration key of the settings, for errors.</param>
    /// <exception cref="StartupException">They can't be read, are broken or do not belong together.</exception>
    public static CertificateFile Open(CertificateSettings settings, string key)
    {
        try
        {
            return new CertificateFile(settings, key);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            throw new StartupException(
                $"{key}:Certificate and {key}:Key can't be used ('{settings.Certificate}', '{settings.Key ?? settings.Certificate}'): {exception.Message}", ExitCodes.Usage, exception);
        }
    }

    /// <summary>Reads the files again if they have changed, or could not be read when they last had.</summary>
    /// <returns>What is to be told: that a new certificate is in use, or, once for each reason, why none is; null when there is nothing.</returns>
    public CertificateChange? Refresh()
    {
        try
        {
            var now = ReadStamps();
            if (now == stamp && failure is null)
                return null;
            var read = Read();
            stamp = now;
            failure = null;
            if (read.Thumbprint == Current.Thumbprint)
                return null;
            Current = read;
            return new CertificateChange(Path, read, null);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            if (failure == exception.Message)
                return null;
            failure = exception.Message;
            return new CertificateChange(Path, Current, $"{key}: {failure}");
        }
    }

    private static bool IsBroken(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;

    private ServerCertificate Read() => ServerCertificate.Parse(File.ReadAllText(Path), File.ReadAllText(KeyPath), settings.KeyPassword);

    private (Stamp Chain, Stamp Key) ReadStamps() => (Stamp.Of(Path), Stamp.Of(KeyPath));

    // Of the file that a link leads to now: mounted secrets are renewed by turning a link.
    private readonly record struct Stamp(DateTime Written, long Length)
    {
        public static Stamp Of(string path)
        {
            using var file = File.OpenHandle(path);
            return new Stamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
        }
    }
}

/// <summary>What became of files that changed.</summary>
/// <param name="Path">The file of the certificate.</param>
/// <param name="Certificate">The one in use now.</param>
/// <param name="Failure">Why it is still the former one; null when it is the new one.</param>
internal sealed record CertificateChange(string Path, ServerCertificate Certificate, string? Failure);
