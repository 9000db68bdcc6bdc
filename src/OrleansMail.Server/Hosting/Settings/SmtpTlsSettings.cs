namespace OrleansMail.Server.Hosting.Settings;

/// <summary>TLS of the SMTP listeners.</summary>
internal sealed class SmtpTlsSettings
{
    /// <summary>PEM file of the certificate and its chain, the server's first; read again when it changes. Unset: a self-signed one is made and kept in the store.</summary>
    [Setting(Switch = "--tls-cert", Placeholder = "FILE", Group = "Listeners", Help = "PEM certificate and chain", DefaultText = "a self-signed one")]
    public string? Certificate { get; set; }

    /// <summary>PEM file of the certificate's key; read again when it changes. Unset: the key is in the certificate's file.</summary>
    [Setting(Switch = "--tls-key", Placeholder = "FILE", Group = "Listeners", Help = "PEM key of the certificate", DefaultText = "in the certificate's file")]
    public string? Key { get; set; }

    /// <summary>Password of an encrypted key.</summary>
    [Setting(IsSecret = true)]
    public string? KeyPassword { get; set; }

    /// <summary>The oldest TLS version that is spoken.</summary>
    [Setting, OneOf("1.2", "1.3")]
    public string Minimum { get; set; } = "1.2";

    /// <summary>Further certificates, for clients that ask for one of their names.</summary>
    public List<CertificateSettings> Certificates { get; } = [];
}

/// <summary>A further certificate.</summary>
internal sealed class CertificateSettings
{
    /// <summary>PEM file of a further certificate and its chain, chosen for clients that ask for one of its names (SNI), wildcards included.</summary>
    [Setting(IsRequired = true, DefaultText = "required")]
    public string? Certificate { get; set; }

    /// <summary>PEM file of its key. Unset: the key is in the certificate's file.</summary>
    [Setting(DefaultText = "in the certificate's file")]
    public string? Key { get; set; }

    /// <summary>Password of its key, where that is encrypted.</summary>
    [Setting(IsSecret = true)]
    public string? KeyPassword { get; set; }
}
