using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace OrleansMail.Server.Hosting.Certificates;

/// <summary>A certificate with its key and chain, ready for handshakes, and the names it is for.</summary>
internal sealed class ServerCertificate
{
    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection others)
    {
        // Offline: neither a chain nor a revocation answer is fetched from addresses that a file names.
        Context = SslStreamCertificateContext.Create(leaf, others, offline: true);
        Names = [.. NamesOf(leaf)];
        NotAfter = leaf.NotAfter.ToUniversalTime();
        Thumbprint = string.Join(' ', others.Prepend(leaf).Select(static one => one.Thumbprint));
    }

    /// <summary>What a handshake needs.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Its DNS names in lower case; some may begin with a <c>*</c> label.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Tells it, and the chain that it is shown with, from others.</summary>
    public string Thumbprint { get; }

    /// <summary>Reads a certificate, the first of the text, its key and the rest of its chain.</summary>
    /// <param name="chain">PEM certificates, the server's first.</param>
    /// <param name="key">The PEM key; may be the same text.</param>
    /// <param name="password">Of an encrypted key.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">They are broken, or do not belong together.</exception>
    public static ServerCertificate Parse(string chain, string key, string? password)
    {
        var leaf = password is null ? X509Certificate2.CreateFromPem(chain, key) : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(chain);
        return new ServerCertificate(Usable(leaf), [.. all.Skip(1)]);
    }

    /// <summary>Whether it is for a host.</summary>
    /// <param name="host">In lower case.</param>
    /// <param name="exactly">Whether a wildcard does not count (RFC 6125 §6.4.3: one stands for one whole label).</param>
    public bool IsFor(string host, bool exactly)
    {
        if (Names.Contains(host, StringComparer.Ordinal))
            return true;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return !exactly && dot > 0 && Names.Contains(string.Concat("*", host.AsSpan(dot)), StringComparer.Ordinal);
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 leaf)
    {
        var alternatives = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).ToList();
        if (alternatives.Count == 0)
            alternatives.Add(leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false));
        return alternatives.Select(name => name.ToLowerInvariant());
    }

    // Windows' TLS can't use a key that lives in memory only.
    private static X509Certificate2 Usable(X509Certificate2 leaf) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null) : leaf;
}
