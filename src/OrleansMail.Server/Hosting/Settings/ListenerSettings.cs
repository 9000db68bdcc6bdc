using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>A further SMTP listener.</summary>
internal sealed class ListenerSettings
{
    /// <summary>Where a further SMTP listener listens.</summary>
    [Setting(IsRequired = true, DefaultText = "required"), ListenAddress]
    public string? Address { get; set; }

    /// <summary>How its sessions are encrypted: never, by STARTTLS, or from the first octet (RFC 8314).</summary>
    [Setting]
    public SmtpListenerTls Tls { get; set; } = SmtpListenerTls.StartTls;

    /// <summary>Whether it offers AUTH, under TLS.</summary>
    [Setting]
    public bool Auth { get; set; }

    /// <summary>Whether it speaks LMTP (RFC 2033).</summary>
    [Setting]
    public bool Lmtp { get; set; }

    /// <summary>Whether each of its connections must begin with a PROXY header from a trusted proxy.</summary>
    [Setting]
    public bool RequireProxy { get; set; }

    /// <summary>What becomes of a bare CR or LF in DATA.</summary>
    [Setting(DefaultText = "as all listeners")]
    public SmtpBareNewlines? BareNewlines { get; set; }
}
