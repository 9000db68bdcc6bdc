using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>The SMTP edge.</summary>
internal sealed class SmtpSettings
{
    /// <summary>Where SMTP listens.</summary>
    [Setting(Switch = "--smtp", Placeholder = "ADDRESS:PORT", Group = "Listeners", Help = "SMTP with STARTTLS", DevelopmentDefault = "127.0.0.1:2525"), ListenAddress]
    public string Listen { get; set; } = "0.0.0.0:25";

    /// <summary>Where SMTP listens that is TLS from the first octet (RFC 8314). Unset: nowhere.</summary>
    [Setting(Switch = "--smtps", Placeholder = "ADDRESS:PORT", Group = "Listeners", Help = "SMTP in TLS from the first octet", DefaultText = "off"), ListenAddress]
    public string? ListenTls { get; set; }

    /// <summary>Whether the listeners of `--smtp` and `--smtps` offer AUTH, under TLS. Others have `Smtp:Listeners:{n}:Auth`.</summary>
    [Setting]
    public bool Auth { get; set; }

    /// <summary>TLS of the listeners.</summary>
    public SmtpTlsSettings Tls { get; } = new();

    /// <summary>Further listeners.</summary>
    public List<ListenerSettings> Listeners { get; } = [];

    /// <summary>Largest message accepted, in octets before dot-stuffing (RFC 1870); a tenant's limit may be lower.</summary>
    [Setting, Between(64 * 1024, long.MaxValue)] // RFC 5321 §4.5.3.1.7 asks for at least 64 KiB
    public long MaxMessageBytes { get; set; } = 150 * 1024 * 1024;

    /// <summary>Recipients accepted in a transaction; further ones get 452 4.5.3 (RFC 5321 §4.5.3.1.8 asks for at least 100).</summary>
    [Setting, Between(100, 100_000)]
    public int MaxRecipients { get; set; } = 1000;

    /// <summary>Transactions a session may begin, told as MAILMAX (RFC 9422); another MAIL ends it with 421 4.7.0; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxTransactionsPerSession { get; set; }

    /// <summary>Different domains of a session's accepted recipients, told as RCPTDOMAINMAX (RFC 9422); another gets 452 4.5.3; 0 is no limit.</summary>
    [Setting, Between(0, 100)] // that many names are kept for each session
    public int MaxRecipientDomains { get; set; }

    /// <summary>Sessions at once; over it 421 4.3.2.</summary>
    [Setting, Between(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>
    /// Sessions at once of one client, an IPv4 address or an IPv6 /64 (a /48 counts as ten); over it 421 4.7.0; 0 is no limit. Loopback, private and
    /// link-local peers and trusted proxies are not counted, unless a trusted proxy told the client's address.
    /// </summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 100;

    /// <summary>Sessions that one client (as for MaxConnectionsPerAddress) may begin in a minute, at once or evenly; over it 421 4.7.0; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int ConnectionsPerMinutePerAddress { get; set; } = 600;

    /// <summary>Transactions at once, of all sessions; over it MAIL is answered 451 4.3.2; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxTransactions { get; set; }

    /// <summary>Octets per second that data must bring on average over Timeouts:DataRateWindow; else 421 4.4.2; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MinDataRate { get; set; } = 64;

    /// <summary>Refused or unknown commands until a session is closed with 421; our own 4xx never count; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxErrors { get; set; } = 20;

    /// <summary>Refused recipients (5xx) until a session is closed with 421, counted apart from other errors since its last accepted message; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxUnknownRecipients { get; set; } = 50;

    /// <summary>Commands other than MAIL, RCPT and those of the data since the last accepted message, until a session is closed with 421; 0 is no limit.</summary>
    [Setting, Between(0, 1_000_000)]
    public int MaxCommandsWithoutTransaction { get; set; } = 1000;

    /// <summary>The address that takes mail for a bare `postmaster`, and for `postmaster` at a served domain that has none (RFC 5321 §4.5.1). Unset, and while no such mailbox exists: the operator's own, `postmaster@operator.invalid` in tenant `operator`.</summary>
    [Setting(DevelopmentDefault = "postmaster@demo.test"), MailAddress]
    public string? Postmaster { get; set; }

    /// <summary>What becomes of a CR or LF outside a CRLF in DATA: content that is kept and flagged, or 550 5.6.11. BDAT is exempt.</summary>
    [Setting]
    public SmtpBareNewlines BareNewlines { get; set; } = SmtpBareNewlines.Accept;

    /// <summary>From where PROXY v1 and v2 headers and XCLIENT are believed. From anyone else PROXY is a syntax error and XCLIENT is unknown.</summary>
    [Setting, Networks]
    public string? TrustedProxies { get; set; }

    /// <summary>Whether senders without brackets, with odd dots or spaces, as phones and scanners send them, are refused with 501. Recipients are always strict.</summary>
    [Setting]
    public bool StrictSenders { get; set; }

    /// <summary>Whether white space is accepted only where RFC 5321 has it: not behind the colon of `MAIL FROM:`, not at the end of a line.</summary>
    [Setting]
    public bool StrictWhiteSpace { get; set; }

    /// <summary>How long each phase may take.</summary>
    public SmtpTimeoutSettings Timeouts { get; } = new();
}

/// <summary>How long each phase of a session may take (RFC 5321 §4.5.3.2).</summary>
internal sealed class SmtpTimeoutSettings
{
    /// <summary>From the connection to the first command.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan Greeting { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between complete command lines.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two reads of data.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan DataBlock { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>From MAIL to the final reply.</summary>
    [Setting, Within("00:00:01", "1.00:00:00")]
    public TimeSpan Transaction { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>From the 220 to STARTTLS, or from the connection with implicit TLS, to the end of the handshake.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan TlsHandshake { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The time in which MinDataRate is held on average.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan DataRateWindow { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A session as a whole; an open transaction may finish.</summary>
    [Setting, Within("00:00:01", "7.00:00:00")]
    public TimeSpan SessionAge { get; set; } = TimeSpan.FromHours(1);
}
