namespace OrleansMail.Server.Hosting.Settings;

/// <summary>The SMTP edge.</summary>
internal sealed class SmtpSettings
{
    /// <summary>Where SMTP listens.</summary>
    [Setting(Switch = "--smtp", Placeholder = "ADDRESS:PORT", Group = "Listeners", Help = "SMTP", DevelopmentDefault = "127.0.0.1:2525"), ListenAddress]
    public string Listen { get; set; } = "0.0.0.0:25";

    /// <summary>Largest message accepted, in octets before dot-stuffing (RFC 1870); a tenant's limit may be lower.</summary>
    [Setting, Between(64 * 1024, long.MaxValue)] // RFC 5321 §4.5.3.1.7 asks for at least 64 KiB
    public long MaxMessageBytes { get; set; } = 150 * 1024 * 1024;

    /// <summary>Recipients accepted in a transaction; further ones get 452 4.5.3 (RFC 5321 §4.5.3.1.8 asks for at least 100).</summary>
    [Setting, Between(100, 100_000)]
    public int MaxRecipients { get; set; } = 1000;

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

    /// <summary>The address that takes mail for a bare `postmaster` (RFC 5321 §4.5.1); may name a mailbox that does not exist yet. Unset: 550 5.1.1.</summary>
    [Setting(DevelopmentDefault = "postmaster@demo.test"), MailAddress]
    public string? Postmaster { get; set; }

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

    /// <summary>The time in which MinDataRate is held on average.</summary>
    [Setting, Within("00:00:01", "01:00:00")]
    public TimeSpan DataRateWindow { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A session as a whole; an open transaction may finish.</summary>
    [Setting, Within("00:00:01", "7.00:00:00")]
    public TimeSpan SessionAge { get; set; } = TimeSpan.FromHours(1);
}
