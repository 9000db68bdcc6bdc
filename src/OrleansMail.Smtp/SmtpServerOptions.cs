using System.Net;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp;

/// <summary>Settings of the protocol engine.</summary>
public sealed class SmtpServerOptions
{
    /// <summary>Name in the greeting and trace lines: an A-label or address literal (RFC 5321 §4.1.2).</summary>
    public required string HostName { get; set; }

    /// <summary>What follows the host name in the 220 greeting; LMTP listeners say <c>LMTP</c>. Default <c>ESMTP</c>.</summary>
    public string Greeting { get; set; } = "ESMTP";

    /// <summary>Largest message accepted, in octets of content (RFC 1870). Default 157,286,400 (150 MiB).</summary>
    public long MaxMessageBytes { get; set; } = 150 * 1024 * 1024;

    /// <summary>Recipients accepted in a transaction; further ones get 452 4.5.3. Default 1,000; RFC 5321 §4.5.3.1.8 asks for at least 100.</summary>
    public int MaxRecipients { get; set; } = 1000;

    /// <summary>Refused or unknown commands until the session is closed with 421; our own 4xx never count; 0 is no limit. Default 20.</summary>
    public int MaxErrors { get; set; } = 20;

    /// <summary>Recipients refused with 5xx until the session is closed with 421; counted apart from <see cref="MaxErrors"/>; 0 is no limit. Default 50.</summary>
    public int MaxUnknownRecipients { get; set; } = 50;

    /// <summary>Transactions a session may begin; another MAIL ends it with 421 4.7.0. Told as MAILMAX (RFC 9422). 0 is no limit. Default 0.</summary>
    public int MaxTransactionsPerSession { get; set; }

    /// <summary>Different domains that a session's accepted recipients may have; another gets 452 4.5.3. Told as RCPTDOMAINMAX (RFC 9422). 0 is no limit. Default 0.</summary>
    public int MaxRecipientDomains { get; set; }

    /// <summary>
    /// Commands other than MAIL, RCPT and those of the data since the last accepted message, until the session is closed with 421; those we
    /// answer 4xx never count; 0 is no limit. Default 1,000.
    /// </summary>
    public int MaxCommandsWithoutTransaction { get; set; } = 1000;

    /// <summary>Sessions at once; over it 421 4.3.2 at once, without a delivery or a read. 0, the default, is no limit.</summary>
    public int MaxConnections { get; set; }

    /// <summary>
    /// Sessions at once of one client; over it 421 4.7.0; 0 is no limit. Default 100. A client is an IPv4 address or an IPv6 /64; a /48 counts
    /// as ten. Peers on loopback, link-local, private and trusted proxies' networks are not counted unless a proxy told their address.
    /// </summary>
    public int MaxConnectionsPerAddress { get; set; } = 100;

    /// <summary>
    /// Sessions that one client (as above) may begin in a minute, at once or evenly; over it 421 4.7.0; 0 is no limit. Default 600.
    /// </summary>
    public int ConnectionsPerMinutePerAddress { get; set; } = 600;

    /// <summary>Transactions at once, of all sessions; over it MAIL is answered 451 4.3.2. 0, the default, is no limit.</summary>
    public int MaxTransactions { get; set; }

    /// <summary>
    /// Octets per second that data must bring, on average over <see cref="SmtpTimeouts.DataRateWindow"/>; 0 is no limit. Default 64: a
    /// hundredth of what the slowest mobile networks carry.
    /// </summary>
    public int MinDataRate { get; set; } = 64;

    /// <summary>
    /// Longest command line in octets, CRLF included. Default 1,076: the 512 of RFC 5321 §4.5.3.1.4 and what the extensions add to MAIL:
    /// SIZE 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531), AUTH 500 (RFC 4954), REQUIRETLS 11 (RFC 8689).
    /// </summary>
    public int MaxCommandLineBytes { get; set; } = 512 + 26 + 17 + 10 + 500 + 11;

    /// <summary>How long each phase may take.</summary>
    public SmtpTimeouts Timeouts { get; set; } = new();

    /// <summary>TLS; offered when it has certificates.</summary>
    public SmtpTlsOptions Tls { get; } = new();

    /// <summary>Checks AUTH; null offers none. Offered on listeners that enable it, under TLS.</summary>
    public ISmtpAuthenticator? Authenticator { get; set; }

    /// <summary>Networks whose PROXY headers and XCLIENT are believed. Empty by default: from anyone else PROXY is a syntax error and XCLIENT unknown.</summary>
    public IList<IPNetwork> TrustedProxies { get; } = [];

    /// <summary>What becomes of a CR or LF outside a CRLF in DATA, where the listener says nothing else. Default: it is content.</summary>
    public SmtpBareNewlines BareNewlines { get; set; } = SmtpBareNewlines.Accept;

    /// <summary>Whether reverse-paths without brackets, with odd dots or spaces, with underscores or a final dot in the domain are refused. Default false: phones, scanners and controllers send them. Recipients are always strict.</summary>
    public bool StrictSenders { get; set; }

    /// <summary>Whether white space is accepted only where RFC 5321 §4.1.2 has it. Default false: many clients send <c>MAIL FROM: &lt;a@b&gt;</c>.</summary>
    public bool StrictWhiteSpace { get; set; }

    /// <summary>
    /// Told of each reply to MAIL, RCPT and the data and of each limit that refused something, when the reply was written. Called in the
    /// session: it must return at once. What it throws is logged.
    /// </summary>
    public Action<SmtpDecision>? OnDecision { get; set; }

    /// <summary>Verbs added to the command table, or put in the place of the engine's; case does not matter. Read when the server is created.</summary>
    public IDictionary<string, SmtpCommand> Commands { get; } = new Dictionary<string, SmtpCommand>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Told of each over-long command line, after its 500 5.5.2 was written and before the rest of the line is discarded.</summary>
    public Action<SmtpSessionContext>? OnLineTooLong { get; set; }

    /// <summary>Told of each session whose time is over, before its 421 4.4.2; in a TLS handshake no reply follows.</summary>
    public Action<SmtpSessionContext, SmtpTimeout>? OnTimeout { get; set; }
}

/// <summary>Upper bounds of a session's phases (RFC 5321 §4.5.3.2). All but <see cref="SessionAge"/> run only while the session waits for its peer; an infinite one is none.</summary>
public sealed class SmtpTimeouts
{
    /// <summary>From the connection to the first command. Default 30 s.</summary>
    public TimeSpan Greeting { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between complete command lines: octets without a line's end do not extend it. Default 5 min.</summary>
    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two reads of data. Default 3 min.</summary>
    public TimeSpan DataBlock { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>From MAIL to the final reply. Default 30 min.</summary>
    public TimeSpan Transaction { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>From the 220 to STARTTLS, or from the connection with implicit TLS, to the end of the handshake; then the connection is closed without a word. Default 30 s.</summary>
    public TimeSpan TlsHandshake { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time in which <see cref="SmtpServerOptions.MinDataRate"/> is held on average; a window ends early when it has what it needs.
    /// Default 3 min, so that a silence which <see cref="DataBlock"/> allows is no trickle.
    /// </summary>
    public TimeSpan DataRateWindow { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The session as a whole. An open transaction may finish within its own time. Default 1 h.</summary>
    public TimeSpan SessionAge { get; set; } = TimeSpan.FromHours(1);
}
